dnl Builds the extension with cargo behind phpize, configure and make. config.m4-notes says why it
dnl is written the way it is.

PHP_ARG_ENABLE([twofactor],
  [whether to build twofactor],
  [AS_HELP_STRING([--disable-twofactor], [Do not build the extension that verifies second factors])],
  [yes])

if test "$PHP_TWOFACTOR" != "no"; then
  AC_PATH_PROG([TWOFACTOR_CARGO], [cargo], [no], [$PATH$PATH_SEPARATOR$HOME/.cargo/bin])
  if test "$TWOFACTOR_CARGO" = "no"; then
    AC_MSG_ERROR([cargo was not found: install Rust 1.89 or later (https://rustup.rs)])
  fi

  AC_MSG_CHECKING([for Rust 1.89 or later])
  TWOFACTOR_RUSTC_DIR=`dirname "$TWOFACTOR_CARGO"`
  TWOFACTOR_RUST=`PATH="$TWOFACTOR_RUSTC_DIR:$PATH" rustc --version 2>/dev/null | $AWK '{ print $[]2 }'`
  AC_MSG_RESULT([$TWOFACTOR_RUST])
  if echo "$TWOFACTOR_RUST" | $AWK -F. '{ exit !($[]1 > 1 || ($[]1 == 1 && $[]2 >= 89)) }'; then
    :
  else
    AC_MSG_ERROR([this Rust is too old: update it (rustup update)])
  fi

  AC_MSG_CHECKING([for PHP 8.2 or later])
  TWOFACTOR_PHP_CONFIG=`command -v "$PHP_CONFIG"`
  TWOFACTOR_PHP=`"$TWOFACTOR_PHP_CONFIG" --php-binary`
  TWOFACTOR_VERNUM=`"$TWOFACTOR_PHP_CONFIG" --vernum`
  AC_MSG_RESULT([$TWOFACTOR_VERNUM])
  if test "$TWOFACTOR_VERNUM" -lt 80200; then
    AC_MSG_ERROR([twofactor needs PHP 8.2 or later])
  fi
  if test ! -x "$TWOFACTOR_PHP"; then
    AC_MSG_ERROR([the build asks PHP about itself, but there is no command line PHP at "$TWOFACTOR_PHP"])
  fi

  TWOFACTOR_SOURCE=PHP_EXT_SRCDIR
  TWOFACTOR_FILES=`find "$TWOFACTOR_SOURCE/src" "$TWOFACTOR_SOURCE/macros" "$TWOFACTOR_SOURCE/patches" -name '*.rs' | tr '\n' ' '`
  TWOFACTOR_FILES="$TWOFACTOR_FILES $TWOFACTOR_SOURCE/Cargo.toml $TWOFACTOR_SOURCE/Cargo.lock $TWOFACTOR_SOURCE/build.rs $TWOFACTOR_SOURCE/script/rustc-options"
  if test -n "$CARGO_TARGET_DIR"; then
    TWOFACTOR_TARGET=$CARGO_TARGET_DIR
  else
    TWOFACTOR_TARGET=`pwd`/target
  fi

  PHP_SUBST([TWOFACTOR_CARGO])
  PHP_SUBST([TWOFACTOR_RUSTC_DIR])
  PHP_SUBST([TWOFACTOR_PHP])
  PHP_SUBST([TWOFACTOR_PHP_CONFIG])
  PHP_SUBST([TWOFACTOR_SOURCE])
  PHP_SUBST([TWOFACTOR_FILES])
  PHP_SUBST([TWOFACTOR_TARGET])

  PHP_ADD_BUILD_DIR([modules])
  PHP_MODULES="$PHP_MODULES ./twofactor.la"
  PHP_ADD_MAKEFILE_FRAGMENT([$TWOFACTOR_SOURCE/script/Makefile.frag], [$TWOFACTOR_SOURCE], [.])
fi
