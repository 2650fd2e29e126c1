import './base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { showTheme } from './lib/preferences.svelte';
import { loadWords } from './lib/words.svelte';

showTheme();
await loadWords();
const target = document.getElementById('console');
if (target !== null) mount(App, { target });
