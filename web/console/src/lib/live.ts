// Which conversations changed, by server-sent events: ids only, never content.
import * as api from './api';

export interface Listener {
  /** The line stands; whatever happened before is unknown, so look at everything again. */
  connected(): void;
  changed(conversation: string): void;
  /** No line now; it is tried again by itself. */
  lost(): void;
  /** The session is over. */
  ended(): void;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Listens until the returned function is called. */
export function listen(listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let pause = FIRST_PAUSE;
  let stopped = false;

  const open = () => {
    source = new EventSource('/api/events');
    source.onopen = () => {
      pause = FIRST_PAUSE;
      listener.connected();
    };
    source.addEventListener('change', (event: MessageEvent<string>) => listener.changed(event.data));
    source.onerror = () => {
      listener.lost();
      // While it is connecting again by itself there is nothing to do. Closed, it was refused: ask why.
      if (source?.readyState === EventSource.CLOSED) void ask();
    };
  };

  const ask = async () => {
    try {
      await api.session('live');
    } catch (error) {
      if (error instanceof api.Refused && error.status === 401) {
        if (!stopped) listener.ended();
        return;
      }
    }
    if (stopped) return;
    timer = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
}
