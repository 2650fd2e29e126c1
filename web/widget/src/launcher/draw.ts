/** The launcher's elements. Everything is built node by node; the page's own style cannot reach in. */
import css from './launcher.css?inline';

export interface Drawn {
  host: HTMLElement;
  panel: HTMLElement;
  button: HTMLButtonElement;
  badge: HTMLElement;
}

const SVG = 'http://www.w3.org/2000/svg';
const BUBBLE = 'M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1-.1 1.2-.6 2.3-1.5 3.2 1.9-.1 3.6-.8 4.9-1.8.7.1 1.4.2 2.1.2 5 0 9-3.4 9-7.7s-4-7.7-9-7.7Z';
const DOWN = 'm6 9.5 6 6 6-6';

/** Builds them, not yet in the page. */
export function draw(position: 'left' | 'right'): Drawn {
  const host = document.createElement('sotto-chat');
  host.setAttribute('data-position', position);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];

  const panel = document.createElement('div');
  panel.className = 'panel';
  panel.hidden = true;

  const button = document.createElement('button');
  button.type = 'button';
  button.dataset['testid'] = 'launcher';
  button.append(icon('bubble', BUBBLE), icon('down', DOWN));

  const badge = document.createElement('span');
  badge.className = 'badge';
  badge.dataset['testid'] = 'unread';
  badge.setAttribute('aria-hidden', 'true');
  button.append(badge);

  root.append(panel, button);
  return { host, panel, button, badge };
}

function icon(name: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', name);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
