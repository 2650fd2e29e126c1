/** Starts the worker. Trusted Types let only this one address become a script. */
import workerUrl from '../worker/main.ts?worker&url';

interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown;
}
interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptUrlPolicy;
}

export function startWorker(): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory };
  const policy = trustedTypes?.createPolicy('sotto-worker', {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError('not the worker');
      return url;
    },
  });
  const url = policy ? policy.createScriptURL(workerUrl) : workerUrl;
  return new Worker(url as string, { type: 'module', name: 'sotto' });
}
