// What a person sees of a provider in trouble: nothing, when another one can take over, and a word and a second code
// when nobody can know whether the first one went out. A strict Twilio over TLS is asked first.

import test from 'node:test';
import assert from 'node:assert/strict';
import { answer, begin, flow, givePassword, Handset, isSignedIn, looksRight, open, signOut } from './site.mjs';

for (const [device, unreachable] of [['desk', 'reset'], ['phone', 'other-authority']]) {
  test(`another provider takes over on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { options: ['--fakes'] });
    const tell = async (path, what) => {
      const reply = await fetch(site.fakes + path, what && { method: 'POST', body: JSON.stringify(what) });
      assert.equal(reply.status, 200);
      return reply.json();
    };
    const second = new Handset(site, '+49 1512 3456789');
    const first = async () => (await tell('/sent')).filter((message) => message.to === '+4915123456789');

    // All is well: the first one carries.
    await givePassword(page, site, 'anna');
    await open(page, 'preferences');
    await page.fill('input[name=m1_number]', '01512 3456789');
    await page.click('form:has(input[value=start-phone]) button');
    await page.waitForSelector('input[name=m1_code]');
    assert.equal((await first()).length, 1);
    assert.equal(second.messages().length, 0);
    await page.fill('input[name=m1_code]', (await first()).at(-1).code);
    await page.click('form:has(input[value=confirm-destination]) button');
    await page.waitForSelector('.tf-codes li');
    await signOut(page, site);

    // It cannot be reached: the second carries, and the page is the same.
    await tell('/fault', { fault: unreachable });
    second.wait(61);
    await givePassword(page, site, 'anna');
    await page.waitForSelector('input[name=twofactor_code]');
    assert.match(await page.textContent('#twofactor_hint'), /on its way to \+49\s•••\s89/);
    assert.equal(await page.locator('[role=alert]').count(), 0);
    await looksRight(page, 'failover-1-second-carries');
    assert.equal((await first()).length, 1);
    assert.equal(second.messages().length, 1);
    await answer(page, second.code());
    await isSignedIn(page, 'anna');
    await signOut(page, site);

    // It took the message and answered with an error: nobody else is asked until the person asks again.
    await tell('/fault', { fault: '500' });
    second.wait(3601);
    await givePassword(page, site, 'anna');
    await page.waitForSelector('input[name=twofactor_code]');
    const carried = (await first()).length;
    assert.equal(carried, 2, 'the first one may have sent it');
    assert.equal(second.messages().length, 1);
    await looksRight(page, 'failover-2-perhaps-sent');
    second.wait(61);
    await page.click('button[name=twofactor_send]');
    await page.waitForSelector('#twofactor_hint:has-text("on its way")');
    assert.equal((await first()).length, carried);
    assert.equal(second.messages().length, 2);
    await looksRight(page, 'failover-3-asked-again');
    await answer(page, second.code());
    await isSignedIn(page, 'anna');
    await signOut(page, site);

    // What the owner of the number refuses is final, and said.
    await tell('/fault', { fault: 'none' });
    second.wait(3601);
    await tell('/fail', { status: 400, code: 21610 });
    await givePassword(page, site, 'anna');
    await page.waitForSelector('[role=alert]');
    assert.match(await page.textContent('[role=alert]'), /asked for no more messages/);
    assert.equal(second.messages().length, 2, 'nobody else is asked then');
    await looksRight(page, 'failover-4-refused');
    assert.deepEqual(complaints, []);
  });
}
