import { Session } from 'node:inspector/promises';

// Prints how many files of the package an import of it reads, and how many calls their code makes meanwhile.
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
await import('hornbeam');
const { result } = await session.post('Profiler.takePreciseCoverage');
const files = result.filter(({ url }) => url.includes('node_modules/hornbeam'));
const calls = files.flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0].count));
console.log(JSON.stringify({ files: files.length, calls: calls.reduce((a, b) => a + b) }));
