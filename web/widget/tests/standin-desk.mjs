// What the stand-in desk answers, so that each thing the chat can show is shown once.

const RETURNS = `You can send back anything within **30 days**, unworn and with its label.

1. Print the label from your account
2. Put it on the parcel
3. Hand it in at any *post office*

The money is back after about \`5\` working days. Details are on [our help page](https://help.example/returns); not linked: [elsewhere](https://evil.example/).`;

/** Answers one payload of the customer. */
export function answer(payload, say, id) {
  const now = Date.now();
  if (payload.kind === 'text') {
    say({ kind: 'received', id: payload.id });
    if (/newer/.test(payload.text)) return say({ kind: 'hologram', beam: 3 });
    if (/typing/.test(payload.text)) return say({ kind: 'typing', speaker: 'assistant' });
    const answerId = id();
    for (const share of [0.2, 0.5, 0.8]) say({ kind: 'piece', id: answerId, text: RETURNS.slice(0, RETURNS.length * share) });
    say({
      kind: 'text',
      id: answerId,
      speaker: 'assistant',
      text: RETURNS,
      at: now,
      citations: [
        { title: 'Returns and refunds', url: 'https://help.example/returns', quote: 'You may return an item within 30 days of the day on which it reached you.' },
        { title: 'When the money comes', quote: 'Refunds reach your account within five working days.' },
      ],
    });
  }
  if (payload.kind === 'want_person') {
    say({ kind: 'received', id: payload.id });
    say({ kind: 'holder', holder: { who: 'waiting' } });
    say({ kind: 'text', id: id(), speaker: 'desk', text: 'A person has been asked for. Most people wait less than two minutes.', at: now });
    say({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
    say({ kind: 'text', id: id(), speaker: 'agent', text: 'Hello, this is Mara. I have read the conversation: how can I help?', at: now });
  }
}
