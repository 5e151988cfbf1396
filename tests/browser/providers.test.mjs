// Providers of codes: set up, changed, tried out and removed by an administrator, and what became of messages; in a
// real browser, on a desk and on a phone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, begin, devices, flow, looksRight, open } from './site.mjs';

const SECRET = 'a'.repeat(32);

for (const [device] of devices) {
  const start = async (t, ...options) => {
    const { site, page, complaints } = await begin(t, device, { options });
    await administrate(page, site);
    await open(page, 'defaultadmin');
    return { page, complaints, site };
  };

  test(`providers are set up on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { page, complaints } = await start(t);
    await page.click('.tf-tabs >> text=Providers');
    await page.waitForSelector('.tf-kinds');
    await looksRight(page, 'providers-1-none');
    for (const kind of ['Twilio Verify', 'Amazon SNS', 'Managed gateway', 'Another provider (HTTPS)', 'Twilio Messaging']) {
      await page.click(`.tf-kinds >> text=${kind}`);
      await page.waitForSelector('input[value=provider-save]', { state: 'attached' });
      await looksRight(page, `providers-2-${kind.toLowerCase().replaceAll(' ', '-')}`);
      if (kind !== 'Twilio Messaging') {
        await page.click('text=All providers');
      }
    }
    await page.fill('#tf-set_account', 'AC1');
    await page.fill('#tf-set_user', `AC${SECRET}`);
    await page.fill('#tf-set_secret', SECRET);
    await page.fill('#tf-set_from', '+15005550006');
    await page.click('form:has(input[value=provider-save]) button');
    await page.waitForSelector('[role=alert]');
    assert.equal(await page.inputValue('#tf-set_from'), '+15005550006');
    assert.equal(await page.inputValue('#tf-set_secret'), '');
    await looksRight(page, 'providers-3-refused');
    await page.fill('#tf-set_account', `AC${SECRET}`);
    await page.fill('#tf-set_user', `AC${SECRET}`);
    await page.fill('#tf-set_secret', SECRET);
    await page.click('form:has(input[value=provider-save]) button');
    await page.waitForSelector('.tf-providers li');
    assert.match(await page.textContent('[role=status]'), /was saved/);
    await looksRight(page, 'providers-4-one');
    await page.click('.tf-providers >> text=Change');
    await page.waitForSelector('#tf-set_secret');
    assert.match(await page.getAttribute('#tf-set_secret', 'placeholder'), /leave empty/);
    await page.click('summary:has-text("Calls")');
    await page.fill('#tf-set_voice_from', '+15005550006');
    await page.click('form:has(input[value=provider-save]) button');
    await page.waitForSelector('.tf-providers li');
    assert.match(await page.textContent('.tf-providers li'), /Code by a call/);
    assert.doesNotMatch(await page.content(), new RegExp(SECRET));
    page.on('dialog', (dialog) => dialog.accept());
    await page.click('.tf-providers button[value=provider-remove]');
    await page.waitForSelector('text=There is no provider yet');
    assert.deepEqual(complaints, []);
  });

  test(`messages are tried out and listed on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { page, complaints } = await start(t, '--carriers');
    await page.click('.tf-tabs >> text=Messages');
    await page.waitForSelector('text=No message was sent yet');
    await page.click('.tf-tabs >> text=Providers');
    await page.waitForSelector('#tf-number');
    await looksRight(page, 'messages-1-providers-elsewhere');
    await page.fill('#tf-number', '01512 3456789');
    await page.selectOption('#tf-region', 'DE');
    await page.click('form:has(input[value=provider-test]) button');
    await page.waitForSelector('[role=status]');
    assert.match(await page.textContent('[role=status]'), /\+49\s•••\s89/);
    await looksRight(page, 'messages-2-tested');
    await page.click('text=Messages and what became of them');
    await page.waitForSelector('tbody td');
    assert.match(await page.textContent('tbody tr'), /\+49\s•••\s89.*Handed over \d+ seconds? ago/s);
    await looksRight(page, 'messages-3-list');
    assert.deepEqual(complaints, []);
  });

  test(`the managed gateway's own list on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { page, complaints, site } = await start(t, '--gateway');
    await page.click('.tf-tabs >> text=Providers');
    await page.fill('#tf-number', '+49 1512 3456789');
    await page.click('form:has(input[value=provider-test]) button');
    await page.waitForSelector('[role=status]');
    const sent = await (await fetch(`${site.fakes}/gateway/sent`)).json();
    assert.equal(sent.at(-1).to, '+4915123456789');
    await page.click('text=Its own list of messages');
    await page.waitForSelector('tbody td');
    assert.doesNotMatch(await page.textContent('tbody'), /3456789/);
    await looksRight(page, 'gateway-list');
    await page.click('text=All providers');
    await page.click('form:has(input[value=provider-check]) button');
    await page.waitForSelector('[role=status]');
    assert.match(await page.textContent('[role=status]'), /check of gateway passed/);
    assert.match(await page.textContent('.tf'), /Credits remaining, as it tells: \d+/);
    await looksRight(page, 'gateway-checked');
    assert.deepEqual(complaints, []);
  });
}
