declare module 'virtual:words/*' {
  const words: Record<import('./lib/words.svelte').WordKey, string>;
  export default words;
}
