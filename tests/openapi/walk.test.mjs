// Whole walks through the JSON interface of the running example, with Prism between: every request and every answer on
// the way is held to the OpenAPI document, the good ones above all, which a generator of requests seldom reaches.

import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const extension = process.env.TWOFACTOR_EXTENSION ?? join(root, 'target/release/libtwofactor.so');

async function line(process, wanted) {
  const lines = createInterface({ input: process.stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (text) => wanted(text) !== undefined && resolve(wanted(text)));
    process.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
}

/** The example, and Prism before it. */
async function start(t) {
  const server = spawn('php', ['-d', `extension=${extension}`, join(root, 'tests/host/serve_api.php'), '--json', '--generous', '--premium', '--require=alice'],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TWOFACTOR_EXTENSION: extension } });
  t.after(() => new Promise((resolve) => {
    server.once('exit', resolve);
    server.stdin.end();
  }));
  const site = JSON.parse(await line(server, (text) => text));
  const document = join(site.folder, 'openapi.json');
  // Clients have to go on when an answer says more one day; here nothing may be said that is not described.
  const closed = (key, value) => (value?.type === 'object' && value.properties ? { ...value, additionalProperties: false } : value);
  writeFileSync(document, JSON.stringify(JSON.parse(await (await fetch(`${site.url}/api/openapi.json`)).text()), closed));
  const prism = spawn(join(root, 'tests/twilio-oai/node_modules/.bin/prism'), ['proxy', '--errors', '-h', '127.0.0.1', '-p', '0', document, site.url],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => prism.kill());
  site.prism = await line(prism, (text) => text.match(/Prism is listening on (\S+)/)?.[1]);
  return site;
}

/** RFC 6238, with what node has. */
function totp(secret, time) {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(time / 30)));
  const hash = createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

test('every request and answer of a whole walk is what the document says', { timeout: 120000 }, async (t) => {
  const site = await start(t);
  let token = '';
  let ahead = 0n;
  const pass = (seconds) => {
    const file = Buffer.alloc(8);
    ahead += BigInt(seconds);
    file.writeBigInt64LE(ahead);
    writeFileSync(site.clock, file);
  };
  const ask = async (status, method, path, body) => {
    const response = await fetch(`${site.prism}/api${path}`, {
      method,
      headers: { ...(body && { 'Content-Type': 'application/json' }), Authorization: `Bearer ${token || 'none'}` },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.headers.has('content-type'), text !== '', `${method} ${path}: nothing is of no type`);
    assert.ok(!text.includes('stoplight.io'), `${method} ${path}: ${text}`);
    assert.equal(response.headers.get('sl-violations'), null, `${method} ${path}`);
    assert.equal(response.status, status, `${method} ${path}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  const messages = (file) => readFileSync(join(site.folder, file), 'utf8').trim().split('\n').map((it) => JSON.parse(it));
  const sent = () => messages('messages').at(-1).code;
  const password = site.passwords.bob;

  // Without a factor the password is enough; then an app is set up.
  await ask(401, 'GET', '/2fa');
  await ask(401, 'POST', '/login', { name: 'bob', password: 'not his' });
  ({ token } = await ask(200, 'POST', '/login', { name: 'bob', password }));
  assert.equal((await ask(200, 'GET', '/2fa')).enabled, false);
  await ask(409, 'POST', '/2fa/codes', {});
  const setup = await ask(200, 'POST', '/2fa/setup', { password, label: 'Work phone' });
  const now = () => Date.now() / 1000 + Number(ahead);
  const code = () => { pass(30); return totp(setup.key, now()); };
  await ask(401, 'POST', '/2fa/confirm', { setup: setup.setup, code: 'x' });
  const enrolled = await ask(200, 'POST', '/2fa/confirm', { setup: setup.setup, code: totp(setup.key, now()) });
  ({ token } = enrolled);
  assert.equal((await ask(200, 'GET', '/2fa')).factors.length, 2);

  // In two steps.
  const signIn = async () => (await ask(200, 'POST', '/login', { name: 'bob', password })).challenge;
  await ask(401, 'POST', '/login/otp', { challenge: await signIn(), method: 'backup', code: 'AAAA-AAAA-AAAA-AAAA' });
  ({ token } = await ask(200, 'POST', '/login/otp', { challenge: await signIn(), method: 'backup', code: enrolled.codes[0] }));
  ({ token } = await ask(200, 'POST', '/2fa/verify', { challenge: await signIn(), method: 'totp', code: code() }));

  // What takes a fresh proof.
  const grant = async () => {
    const { challenge } = await ask(403, 'POST', '/2fa/codes', {});
    return (await ask(200, 'POST', '/2fa/verify', { challenge, method: 'totp', code: code() })).grant;
  };
  const renewed = await ask(200, 'POST', '/2fa/codes', { grant: await grant() });
  ({ token } = renewed);
  const app = (await ask(200, 'GET', '/2fa')).factors.find((factor) => factor.method === 'totp').id;
  const { challenge: lost } = await ask(403, 'POST', '/2fa/factor/suspend', { factor: app });
  const { grant: byCode } = await ask(200, 'POST', '/2fa/verify', { challenge: lost, method: 'backup', code: renewed.codes[0] });
  ({ token } = await ask(200, 'POST', '/2fa/factor/suspend', { factor: app, grant: byCode }));
  ({ token } = await ask(200, 'POST', '/2fa/factor/resume', { factor: app, grant: byCode }));
  await ask(422, 'POST', '/2fa/factor/resume', { factor: '0000000000000000', grant: byCode });
  let phone = await ask(202, 'POST', '/2fa/phone', { password, number: '01512 3456789', region: 'DE', method: 'sms', grant: await grant() });
  await ask(401, 'POST', '/2fa/phone/confirm', { setup: phone.setup, code: 'x' });
  await ask(429, 'POST', '/2fa/phone', { setup: phone.setup });
  pass(60);
  phone = await ask(202, 'POST', '/2fa/phone', { setup: phone.setup });
  ({ token } = await ask(200, 'POST', '/2fa/phone/confirm', { setup: phone.setup, code: sent() }));
  const email = await ask(202, 'POST', '/2fa/email', { password, grant: await grant() });
  ({ token } = await ask(200, 'POST', '/2fa/email/confirm', { setup: email.setup, code: messages('mails').at(-1).text.match(/^\d{6}$/m)[0] }));
  pass(60);
  const challenge = await signIn();
  await ask(202, 'POST', '/login/send', { challenge, method: 'sms' });
  await ask(200, 'POST', '/login/otp', { challenge, method: 'sms', code: sent() });

  // Sessions; a number for somebody who registers; a new password by telephone.
  assert.equal((await ask(200, 'GET', '/2fa/sessions')).sessions.length, 2);
  await ask(204, 'DELETE', '/2fa/sessions', { grant: await grant() });
  assert.deepEqual(await ask(200, 'GET', '/2fa/devices'), { devices: [] });
  ({ token } = await ask(200, 'POST', '/login/otp', { challenge: await signIn(), method: 'totp', code: code(), trust: true }));
  const { devices } = await ask(200, 'GET', '/2fa/devices');
  assert.equal(devices.length, 1);
  await ask(403, 'DELETE', '/2fa/devices', {});
  const ends = await grant();
  ({ token } = await ask(200, 'DELETE', '/2fa/devices', { device: devices[0].id, grant: ends }));
  ({ token } = await ask(200, 'DELETE', '/2fa/devices', { grant: ends }));
  assert.deepEqual(await ask(200, 'GET', '/2fa/devices'), { devices: [] });
  await ask(204, 'POST', '/2fa/suggestion/skip', {});
  const verification = await ask(202, 'POST', '/phone/verification', { number: '+4915123456780' });
  await ask(401, 'POST', '/phone/verification/confirm', { verification: verification.verification, code: 'x' });
  await ask(200, 'POST', '/phone/verification/confirm', { verification: verification.verification, code: sent() });
  pass(60);
  const { reset } = await ask(202, 'POST', '/password/phone', { name: 'bob' });
  await ask(422, 'POST', '/password/phone/confirm', { reset, code: sent(), password: 'short' });
  await ask(204, 'POST', '/password/phone/confirm', { reset, code: sent(), password: 'a long new password' });
  await ask(401, 'GET', '/2fa');

  // Off again.
  const again = (await ask(200, 'POST', '/login', { name: 'bob', password: 'a long new password' })).challenge;
  ({ token } = await ask(200, 'POST', '/login/otp', { challenge: again, method: 'totp', code: code() }));
  ({ token } = await ask(200, 'DELETE', '/2fa', { password: 'a long new password', grant: await grant() }));
  assert.equal((await ask(200, 'GET', '/2fa')).enabled, false);

  // A sign-in that ends with a set-up; then one whose old app is proven before.
  token = '';
  const enrol = async (challenge) => {
    await ask(401, 'GET', '/2fa');
    const begun = await ask(200, 'POST', '/2fa/setup', { challenge, label: 'Phone' });
    await ask(401, 'POST', '/2fa/confirm', { setup: begun.setup, code: 'x' });
    ({ token } = await ask(200, 'POST', '/2fa/confirm', { setup: begun.setup, code: totp(begun.key, now()) }));
    await ask(200, 'GET', '/2fa');
    await ask(409, 'POST', '/2fa/confirm', { setup: begun.setup, code: totp(begun.key, now()) });
  };
  const alice = { name: 'alice', password: site.passwords.alice };
  const required = await ask(200, 'POST', '/login', alice);
  assert.equal(required.requiresEnrolment, true);
  await ask(401, 'POST', '/login/otp', { challenge: required.challenge, method: 'totp', code: '123456' });
  await enrol(required.challenge);
  assert.equal((await ask(200, 'POST', '/login', alice)).requiresEnrolment, false);

  // What the document forbids does not come through: Prism does look.
  const wrong = await fetch(`${site.prism}/api/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name": 1}' });
  assert.match(await wrong.text(), /stoplight\.io/);
});
