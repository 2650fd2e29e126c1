import { expect, it } from 'vitest';
import { Device } from '../../tests/standin-e2ee.ts';
import type { DeviceState } from './encryption.ts';
import { readOpened, type Opened } from './opened.ts';

const delivery = { id: 'i', kind: 'message', epoch: 1, body: 'AA', seq: 1, author: 'desk' } as const;

function opening(open: () => string, body = 'AA'): Opened {
  const device: DeviceState = Object.create(Device.prototype) as Device;
  device.open = open;
  return readOpened(device, { ...delivery, body }, 0);
}

const failing = (name: string): (() => string) => () => {
  throw Object.assign(new Error(name), { name });
};

it('a message counts when the desk sent it, and not when a device did', () => {
  expect(opening(() => '{"type":"message","sender":"desk","payload":{"kind":"typing"}}')).toEqual({ type: 'message', payload: { kind: 'typing' } });
  expect(opening(() => '{"type":"message","sender":"device","payload":{"kind":"typing"}}')).toEqual({ type: 'nothing' });
  expect(opening(() => '{"type":"own"}')).toEqual({ type: 'nothing' });
});

it('a commit tells whether members changed and whether this device is still one', () => {
  expect(opening(() => '{"type":"commit","by":"desk","added":0,"removed":0,"active":true}')).toEqual({ type: 'commit', membersChanged: false, removed: false });
  expect(opening(() => '{"type":"commit","by":"desk","added":1,"removed":0,"active":true}')).toMatchObject({ membersChanged: true });
  expect(opening(() => '{"type":"commit","by":"desk","added":0,"removed":1,"active":false}')).toMatchObject({ membersChanged: true, removed: true });
});

it('what was opened before is nothing; all else that fails is unreadable', () => {
  expect(opening(failing('replay'))).toEqual({ type: 'nothing' });
  for (const name of ['garbage', 'too-old', 'ahead', 'Error']) expect(opening(failing(name))).toEqual({ type: 'unreadable' });
  expect(opening(() => '{"type":"own"}', 'not base64url!')).toEqual({ type: 'unreadable' });
  expect(opening(() => 'null')).toEqual({ type: 'unreadable' });
});
