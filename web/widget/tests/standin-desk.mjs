// What the stand-in desk answers, so that each thing the chat can show is shown once.

const RETURNS = `You can send back anything within **30 days**, unworn and with its label.

1. Print the label from your account
2. Put it on the parcel
3. Hand it in at any *post office*

The money is back after about \`5\` working days. Details are on [our help page](https://help.example/returns); not linked: [elsewhere](https://evil.example/).`;

// What will be done, the button that confirms, the other one.
const CANCEL = ['I will cancel order **WF-48377**: 4 packs of dot strips. The money goes back the way it came.', 'Yes, do it', 'No, leave it'];
const ARABIC = ['سألغي الطلب **WF-48377**. ويعود المال بالطريقة التي دُفع بها.', 'نعم، ألغِه', 'لا، اتركه'];

// What may be chosen instead of writing.
const OFFERS = ['Returns and refunds', 'Where is my order?', 'Talk to a person'];
const ARABIC_OFFERS = ['الإرجاع واسترداد المال', 'أين طلبي؟', 'التحدث إلى شخص'];

/** Answers one payload of the customer. */
export function answer(payload, say, id) {
  const now = Date.now();
  if (payload.kind === 'text') {
    say({ kind: 'received', id: payload.id });
    if (/newer/.test(payload.text)) return say({ kind: 'hologram', beam: 3 });
    if (/cancel/.test(payload.text)) {
      const [text, confirm, decline] = /عربي/.test(payload.text) ? ARABIC : CANCEL;
      const more = /long/.test(payload.text) ? ', although it is on its way to me already' : '';
      return say({ kind: 'text', id: id(), speaker: 'assistant', text, card: { confirm: confirm + more, decline: decline + more }, at: now });
    }
    if (/which/.test(payload.text)) {
      const arabic = /عربي/.test(payload.text);
      const offers = (arabic ? ARABIC_OFFERS : OFFERS).map((words) => (/long/.test(payload.text) ? `${words}, and what else there is to know` : words));
      const [asked, end] = arabic ? ['هل تقصد أحد هذه؟', 'اختر واحدًا.'] : ['Did you mean one of these?', 'Choose one, or say it in other words.'];
      const text = `${asked}\n1. ${offers[0]}\n2. ${offers[1]}\n\n${end}`;
      return say({ kind: 'text', id: id(), speaker: 'assistant', text, quick_replies: offers, at: now });
    }
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
  if (payload.kind === 'press') {
    // What is answered, the test says itself, when it has seen the pressed card.
    say({ kind: 'received', id: payload.id });
  }
  if (payload.kind === 'want_person') {
    say({ kind: 'received', id: payload.id });
    say({ kind: 'holder', holder: { who: 'waiting' } });
    say({ kind: 'text', id: id(), speaker: 'desk', text: 'A person has been asked for. Most people wait less than two minutes.', at: now });
    say({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
    say({ kind: 'text', id: id(), speaker: 'agent', text: 'Hello, this is Mara. I have read the conversation: how can I help?', at: now });
  }
}
