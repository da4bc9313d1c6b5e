/**
 * What is told about models and runs, as lines of JSON: the same in the files of a run, between server and page, and within an
 * HTML file. It stands alone: the page takes its types from here, and nothing else of the library.
 */

/** A tensor's shape, with null for sizes that are not known, and its dtype. */
export interface StudioTensor {
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}
/** A variable of a layer. */
export interface StudioWeight {
  /** Its path in the model, by which its values are asked for. */
  readonly path: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly trainable: boolean;
}
/** A layer, a model within the model, or an op. */
export interface StudioNode {
  readonly name: string;
  readonly className: string;
  /** `model`: functional or sequential. */
  readonly kind: 'input' | 'layer' | 'model' | 'op';
  readonly inputs: readonly StudioTensor[];
  readonly outputs: readonly StudioTensor[];
  /** Numbers in its weights, and how many of them are trained. */
  readonly params: number;
  readonly trainableParams: number;
  /** Floating-point operations for one sample, as the compiler counts them; absent where sizes are not known. */
  readonly flops?: number | undefined;
  /** The line of the user's code that made it, as `train.mjs:12:9`, where that is known. */
  readonly madeAt?: string | undefined;
  /** The dtype policy by name. */
  readonly dtypePolicy?: string | undefined;
  /** Its config, as files hold it, without the name. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** The keys of the config that differ from the class's default, or have none. */
  readonly chosen?: readonly string[] | undefined;
  readonly weights: readonly StudioWeight[];
  /** What is within: a graph, or the number of one that alike layers share, in `StudioModel.shared`. */
  readonly inside?: StudioGraph | number | undefined;
}
/** From one node's output to another's input, by positions in `nodes`; -1 is the border of the graph. */
export type StudioEdge = readonly [from: number, to: number];
export interface StudioGraph {
  readonly nodes: readonly StudioNode[];
  readonly edges: readonly StudioEdge[];
}
/** A whole model. */
export interface StudioModel {
  readonly kind: 'model';
  readonly root: StudioNode;
  /** Graphs that several nodes have within. */
  readonly shared: readonly StudioGraph[];
  /** Where it came from. */
  readonly source?: string | undefined;
}

/** How the numbers of an array lie: `counts[k]` of them between `low + k·(high − low)/n` and the next. */
export interface StudioHistogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Numbers in all, and those that are NaN, infinite or zero. */
  readonly size: number;
  readonly nan: number;
  readonly infinite: number;
  readonly zero: number;
}
/** The values of a weight, or how they lie where only that is at hand. */
export interface StudioWeightValues {
  readonly kind: 'weight';
  readonly path: string;
  readonly histogram: StudioHistogram;
  /** The elements as float32 in base 64, row by row. */
  readonly data?: string | undefined;
}

/** A run of training begins, or goes on after it was resumed. */
export interface StudioRunStart {
  readonly kind: 'run';
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** How many are to come; absent where a log does not tell. */
  readonly epochs?: number | undefined;
  readonly steps?: number | undefined;
  /** Whether the page may pause, stop and change the learning rate. */
  readonly controls: boolean;
  /** What the run was set to, by name. */
  readonly hyperparameters?: Readonly<Record<string, string | number | boolean>> | undefined;
}
/** Numbers of the run at a step: of a batch, or of an epoch. */
export interface StudioScalars {
  readonly kind: 'scalars';
  readonly of: 'batch' | 'epoch';
  readonly epoch: number;
  /** Steps done since the run began. */
  readonly step: number;
  readonly time: number;
  readonly logs: Readonly<Record<string, number | readonly number[]>>;
}
/** How weights lie after an epoch, or their gradients, or what layers gave. */
export interface StudioHistograms {
  readonly kind: 'histograms';
  /** `weights` where absent. */
  readonly of?: 'weights' | 'gradients' | 'activations' | undefined;
  readonly epoch: number;
  readonly histograms: Readonly<Record<string, StudioHistogram>>;
}
/** A picture (`data:image/png;…`), a text, a matrix of counts, numbers or lines by name that a callback sends. */
export interface StudioNote {
  readonly kind: 'note';
  readonly tag: string;
  readonly epoch: number;
  readonly image?: string | undefined;
  readonly text?: string | undefined;
  readonly matrix?: { readonly labels: readonly string[]; readonly rows: readonly (readonly number[])[] } | undefined;
  readonly values?: Readonly<Record<string, number>> | undefined;
  readonly lines?: Readonly<Record<string, StudioNoteLine>> | undefined;
}
export interface StudioNoteLine {
  readonly x: readonly number[];
  readonly y: readonly number[];
}
/** The run's end, or what it does at the moment. */
export interface StudioState {
  readonly kind: 'state';
  readonly state: 'running' | 'paused' | 'stopping' | 'ended' | 'failed';
  readonly time: number;
}

/** A kernel of the compiled step. */
export interface StudioKernel {
  readonly name: string;
  readonly fused: readonly string[];
  readonly output: string;
  readonly bytes: number;
  readonly flops: number;
  readonly ms?: number | undefined;
  /** Positions of the kernels whose results it reads. */
  readonly from: readonly number[];
  /** Paths of the nodes that it computes something for, and of those whose gradients; `:loss`, `:metrics` and `:optimizer` too. */
  readonly forward: readonly string[];
  readonly backward: readonly string[];
  /** Bytes of intermediates that stand in memory while it runs. */
  readonly scratch: number;
}
/** The compiled step, kernel by kernel. */
export interface StudioStep {
  readonly kind: 'step';
  readonly name: string;
  readonly equations: number;
  readonly scratchBytes: number;
  readonly kernels: readonly StudioKernel[];
  /** Where the milliseconds were measured, or why there are none. */
  readonly timed?: string | undefined;
  readonly untimed?: string | undefined;
}

/** A line. */
export type StudioEvent =
  | StudioModel
  | StudioWeightValues
  | StudioRunStart
  | StudioScalars
  | StudioHistograms
  | StudioNote
  | StudioState
  | StudioStep;
/** A line, and the run it belongs to where there are several. */
export type StudioLine = StudioEvent & { readonly run?: string | undefined };

/** What a node gives for an input that was fed. */
export interface StudioActivation {
  /** Names from the outermost graph to the node, with `/` between. */
  readonly id: string;
  readonly shape: readonly number[];
  readonly histogram: StudioHistogram;
  /** Channels that are zero everywhere, and how many there are. */
  readonly dead: number;
  readonly channels: number;
  /** Maps of the first channels, one byte a pixel, in base 64. */
  readonly maps?: { readonly width: number; readonly height: number; readonly data: readonly string[] } | undefined;
}
/** What changed between two models. */
export interface StudioComparison {
  readonly other: StudioModel;
  /** By path of the weight: the largest difference, its root mean square, and that relative to the weight's own. */
  readonly weights: Readonly<
    Record<string, { readonly most: number; readonly rms: number; readonly relative: number }>
  >;
}

/** What a page may ask, and what it is answered. */
export interface StudioAnswers {
  readonly weight: { readonly ask: { readonly path: string }; readonly answer: StudioWeightValues };
  readonly step: { readonly ask: { readonly timed: boolean; readonly batch?: number }; readonly answer: StudioStep };
  readonly feed: { readonly ask: StudioFeed; readonly answer: { readonly activations: readonly StudioActivation[] } };
  readonly compare: { readonly ask: { readonly file: string }; readonly answer: StudioComparison };
  readonly control: {
    readonly ask: { readonly action: 'pause' | 'resume' | 'stop' } | { readonly learningRate: number };
    readonly answer: { readonly state: StudioState['state'] };
  };
}
/** What is fed: random numbers, or elements as float32 in base 64, which are brought to the size of the input. */
export interface StudioFeed {
  readonly random?: number;
  readonly data?: string;
  readonly shape?: readonly number[];
}
export type StudioQuestion = keyof StudioAnswers;

/** Where a page has what it shows: lines that come, and answers where somebody gives them. */
export interface StudioSource {
  /** Tells of every line there is, then of those to come; gives what ends that. */
  listen(tell: (lines: readonly StudioLine[]) => void): () => void;
  /** The questions that are answered here. */
  readonly answers: readonly StudioQuestion[];
  ask<Q extends StudioQuestion>(question: Q, what: StudioAnswers[Q]['ask']): Promise<StudioAnswers[Q]['answer']>;
}
