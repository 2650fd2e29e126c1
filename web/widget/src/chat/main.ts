/** The chat's page: an iframe of its own origin, so that the business's page cannot read it and it cannot read the page. */
import { mount } from 'svelte';
import Chat from './Chat.svelte';
import './tokens.css';
import { useLanguage } from './words.svelte.ts';

const target = document.getElementById('chat');
await useLanguage(navigator.language);
if (target) mount(Chat, { target });
