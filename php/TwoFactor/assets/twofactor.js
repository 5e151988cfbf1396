/* Comfort only: every page works without this file. */
(function () {
  'use strict';

  function spoken(seconds) {
    var minutes = Math.floor(seconds / 60);
    var rest = seconds % 60;
    return minutes + ':' + (rest < 10 ? '0' : '') + rest;
  }

  function countDown(note) {
    var until = Date.now() + Number(note.getAttribute('data-wait')) * 1000;
    // Said once, when the page opens, and not every second.
    note.setAttribute('aria-live', 'off');
    var timer = setInterval(tick, 1000);
    function tick() {
      var left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        note.textContent = note.getAttribute('data-text').replace('%s', spoken(left));
        return;
      }
      clearInterval(timer);
      note.textContent = note.getAttribute('data-over');
      note.className = 'tf-note';
      note.setAttribute('aria-live', 'polite');
    }
    tick();
  }

  function countToNext(note) {
    var until = Date.now() + Number(note.getAttribute('data-again')) * 1000;
    var clock = note.querySelector('span');
    var timer = setInterval(tick, 1000);
    function tick() {
      var left = Math.ceil((until - Date.now()) / 1000);
      clock.textContent = spoken(left);
      note.hidden = left <= 0;
      if (left <= 0) {
        clearInterval(timer);
      }
    }
    tick();
  }

  // Sent once, however often somebody clicks or presses Enter; the server has an answer for the second time, too.
  document.querySelectorAll('.tf form[method=post], .tf-login form[method=post]').forEach(function (form) {
    var sentAt = -Infinity;
    form.addEventListener('submit', function (event) {
      // Whoever has stopped waiting may try again after a while.
      if (event.timeStamp - sentAt < 10000) {
        event.preventDefault();
      } else if (!event.defaultPrevented && !form.hasAttribute('data-stays')) {
        sentAt = event.timeStamp;
      }
    });
    // Shown again from the browser's memory; a page that has just come whole says the same, and may be on its way already.
    window.addEventListener('pageshow', function (event) {
      if (event.persisted) {
        sentAt = -Infinity;
      }
    });
  });
  // What goes on page by page: its form is sent once more whenever the last answer has come, until one asks for something or is
  // the last. Only how far it has come changes, so that whoever is at a button stays there; what ends it is read out.
  function goOn(form) {
    function show(html) {
      var next = new DOMParser().parseFromString(html, 'text/html');
      var again = next.querySelector('form[data-go-on]');
      var far = document.getElementById(form.getAttribute('data-go-on'));
      var heading = next.getElementById('tf-people');
      if (again) {
        far.replaceWith(next.getElementById(far.id));
        again.querySelectorAll('input[type=hidden]').forEach(function (field) { form.elements[field.name].value = field.value; });
        goOn(form);
      } else if (heading) {
        far.closest('.tf').replaceWith(heading.closest('.tf'));
        heading.tabIndex = -1;
        heading.focus();
      } else {
        window.location.reload();
      }
    }
    setTimeout(function () {
      fetch(form.action, { method: 'POST', body: new FormData(form), credentials: 'same-origin' }).then(function (answer) {
        return answer.text();
      }).then(show).catch(function () {});
    }, 300);
  }
  document.querySelectorAll('form[data-go-on]').forEach(goOn);
  document.querySelectorAll('[data-wait]').forEach(countDown);
  document.querySelectorAll('[data-again]').forEach(countToNext);
  // Without HTTPS there is no clipboard to write to: then what is copied is selected first.
  function copied(source) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(source.textContent.replace(/\s/g, ''));
    }
    window.getSelection().selectAllChildren(source);
    return document.execCommand('copy') ? Promise.resolve() : Promise.reject(new Error('not copied'));
  }
  document.querySelectorAll('[data-copy]').forEach(function (button) {
    var said = document.createElement('span');
    said.setAttribute('role', 'status');
    said.className = 'tf-hint';
    button.after(said);
    button.hidden = false;
    button.addEventListener('click', function () {
      copied(document.getElementById(button.getAttribute('data-copy'))).then(function () {
        said.textContent = button.getAttribute('data-copied');
      }, function () {});
    });
  });
  document.querySelectorAll('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });
  document.querySelectorAll('[data-confirm]').forEach(function (button) {
    button.addEventListener('click', function (event) {
      // What the browser will not send needs no answer yet: it says what is missing.
      if (button.form && !button.form.checkValidity()) { return; }
      if (!window.confirm(button.getAttribute('data-confirm'))) {
        event.preventDefault();
      }
    });
  });
}());
