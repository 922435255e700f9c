// The page of a machine: its screen by noVNC, its serial console by xterm.js, its state and buttons.
import RFB from './npm/novnc/core/rfb.js';
import { Terminal } from './npm/xterm/lib/xterm.mjs';

const element = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat('en');

/** Where a socket of this page is; all of them want the token that opened the page. */
function socketAddress(path) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.search = new URLSearchParams({ token: new URLSearchParams(location.search).get('token') });
  return address.href;
}

// ---- the machine ----

const control = new WebSocket(socketAddress('control'));
let ended = false;

function showState(text, kind) {
  const state = element('state');
  // said aloud by screen readers: only when it changes
  if (state.textContent !== text) {
    state.textContent = text;
  }
  state.className = `state ${kind}`;
}

function notice(text) {
  element('notice').textContent = text;
  element('notice').hidden = false;
}

function lock(locked) {
  for (const id of ['power', 'reset', 'keys']) {
    element(id).disabled = locked;
  }
}

function showStatus(status) {
  const watching = status.mode === 'replay';
  ended = status.ended;
  element('mode').textContent = { run: 'live', record: 'recording', replay: 'replay' }[status.mode];
  element('figure-state').textContent = status.state === 'halted' ? 'halted until an interrupt' : status.state;
  element('figure-instructions').textContent = numbers.format(status.instructions);
  element('figure-time').textContent = `${status.guestSeconds.toFixed(1)} s`;
  element('figure-recorded').textContent =
    status.recorded < 0 ? 'none' : `${numbers.format(status.recorded)} bytes`;
  // a guest that waits for something halts a hundred times a second
  showState(status.ended ? status.state : 'on', status.ended ? 'ended' : 'alive');
  lock(watching || status.ended);
  if (watching) {
    notice('Replay: watching only. What is typed or clicked here goes nowhere.');
    screen.viewOnly = true;
    terminal.options.disableStdin = true;
  }
}

control.addEventListener('message', (event) => showStatus(JSON.parse(event.data)));
control.addEventListener('close', () => {
  lock(true);
  if (!ended) {
    showState('gone', 'ended');
    notice('The connection to the machine is gone.');
  }
});
const push = (button) => control.send(JSON.stringify({ button }));
element('power').addEventListener('click', () => push('power'));
element('reset').addEventListener('click', () => push('reset'));

// ---- its screen ----

const screen = new RFB(element('screen'), socketAddress('rfb'));
screen.scaleViewport = true;
screen.showDotCursor = true;
screen.background = '#000';
element('keys').addEventListener('click', () => screen.sendCtrlAltDel());

// ---- its serial console ----

const terminal = new Terminal({ cols: 80, rows: 25, fontSize: 14, scrollback: 5000, screenReaderMode: true });
terminal.open(element('serial'));
const serial = new WebSocket(socketAddress('serial'));
serial.binaryType = 'arraybuffer';
serial.addEventListener('message', (event) => terminal.write(new Uint8Array(event.data)));
terminal.onData((text) => serial.readyState === WebSocket.OPEN && serial.send(new TextEncoder().encode(text)));
terminal.onBinary((text) => serial.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
