/** Modules that the build makes from translations/ (build/words.mjs). */
declare module 'virtual:sotto-words' {
  export interface Words {
    tag: string;
    /** Version of the notice in this language. */
    notice: string;
    texts: Record<string, string>;
  }
  export const languages: Record<string, () => Promise<{ default: Words }>>;
}

declare module 'virtual:sotto-launcher-words' {
  export const launcherWords: Record<string, { title: string; open: string; close: string; unread: string }>;
}

declare module '*.css?inline' {
  const css: string;
  export default css;
}

declare module '*?worker&url' {
  const url: string;
  export default url;
}

declare module '*.css' {}
