/** The worker's door: it gets the page's settings once, then commands; it answers with updates. */
import { encode } from '../protocol/base64url.ts';
import { initialStatus, type StartConfig, type ToWorker, type Update } from '../bridge/worker.ts';
import { browserAmbient } from './ambient.ts';
import { loadEncryption } from './encryption.ts';
import { Hub } from './hub.ts';
import { conversationName } from './name.ts';
import { openStore } from './store.ts';
import { Tab } from './tab.ts';

const show = (update: Update): void => postMessage(update);
const encryption = loadEncryption();
encryption.catch(() => show({ type: 'status', status: { ...initialStatus, phase: 'unsupported' } }));

let tab: Promise<Tab> | null = null;

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'start') tab ??= start(message.config);
  else void tab?.then((running) => running.command(message.command));
});

async function start(config: StartConfig): Promise<Tab> {
  const name = await conversationName(config);
  const nobody = await conversationName({ ...config, identity: null });
  const { identity } = config;
  const running = new Tab(
    {
      locks: navigator.locks,
      channel: new BroadcastChannel(name),
      show,
      number: () => encode(browserAmbient.random(9)),
    },
    {
      name,
      desks: config.desk.split(' '),
      hub: new Hub(config.hub),
      store: await openStore(browserAmbient.now),
      ambient: browserAmbient,
      encryption,
    },
    identity !== null && name !== nobody ? { identity, nobody } : null,
  );
  void running.start();
  return running;
}
