/** What the build makes of other files: a script or a style sheet as text. */
declare module 'text:*' {
  const text: string;
  export default text;
}
