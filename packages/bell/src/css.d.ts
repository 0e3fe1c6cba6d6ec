/** Minified by build.js. */
declare module '*.css' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: how a bundler gives a file's text
  export default text
}
