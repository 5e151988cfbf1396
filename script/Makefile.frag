# Appended to phpize's Makefile by config.m4.

# The PATH is what script/lib.sh makes of it, or cargo would build anew what the scripts have built; only where
# another Rust is in it, ours goes first.
./twofactor.la: $(TWOFACTOR_FILES)
	case ":$$PATH:" in *":$(TWOFACTOR_RUSTC_DIR):"*) ;; *) \
		if command -v rustc >/dev/null; then PATH="$(TWOFACTOR_RUSTC_DIR):$$PATH"; \
		else PATH="$$PATH:$(TWOFACTOR_RUSTC_DIR)"; fi ;; esac; export PATH; \
		cd "$(TWOFACTOR_SOURCE)" && PHP="$(TWOFACTOR_PHP)" PHP_CONFIG="$(TWOFACTOR_PHP_CONFIG)" \
		"$(TWOFACTOR_CARGO)" rustc --release --locked --lib --crate-type cdylib --target-dir "$(TWOFACTOR_TARGET)" \
		-- $$(script/rustc-options)
	$(mkinstalldirs) "$(phplibdir)"
	cp "$(TWOFACTOR_TARGET)/release/libtwofactor.so" "$(phplibdir)/twofactor.so"
	echo "dlname='$(phplibdir)/twofactor.so'" > $@

# phpize's own rule deletes every .so, .o and .a below, cargo's too: let cargo know.
clean: twofactor-clean
twofactor-clean:
	cd "$(TWOFACTOR_SOURCE)" && "$(TWOFACTOR_CARGO)" clean --target-dir "$(TWOFACTOR_TARGET)"

.PHONY: twofactor-clean
