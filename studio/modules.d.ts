/** Other files as the build provides them: a script or style sheet as text. */
declare module 'text:*' {
  const text: string;
  export default text;
}
