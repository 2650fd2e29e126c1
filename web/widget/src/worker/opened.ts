/** What opening one envelope gave, as a value: nothing that the desk or the hub sends can throw past here. */
import { decode } from '../protocol/base64url.ts';
import { isFields, type Delivery } from '../protocol/wire.ts';
import type { DeviceState } from './encryption.ts';

export type Opened =
  | { type: 'message'; payload: unknown }
  | { type: 'commit'; membersChanged: boolean; removed: boolean }
  /** Our own, another device's, or one that was opened before. */
  | { type: 'nothing' }
  | { type: 'unreadable' };

export function readOpened(device: DeviceState, delivery: Delivery, now: number): Opened {
  let opened: unknown;
  try {
    opened = JSON.parse(device.open(decode(delivery.body), now));
  } catch (error) {
    return { type: error instanceof Error && error.name === 'replay' ? 'nothing' : 'unreadable' };
  }
  if (!isFields(opened)) return { type: 'unreadable' };
  switch (opened['type']) {
    case 'message':
      return opened['sender'] === 'desk' ? { type: 'message', payload: opened['payload'] } : { type: 'nothing' };
    case 'commit':
      return {
        type: 'commit',
        membersChanged: some(opened['added']) || some(opened['removed']),
        removed: opened['active'] === false,
      };
    default:
      return { type: 'nothing' };
  }
}

function some(count: unknown): boolean {
  return typeof count === 'number' && count > 0;
}
