# Short on purpose: CMake builds, scripts/ do the work, this file remembers the words.
BUILD ?= build
PREFIX ?= /usr/local
.PHONY: all deps demo check check-peers eval bench install clean format

all: deps
	@scripts/build $(BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX)
deps:
	@scripts/install-deps build
demo: all
	@scripts/demo $(BUILD)
check:
	@scripts/check $(BUILD)
check-peers:
	@scripts/target check-peers $(BUILD)
eval: all
	@WORLD="$(WORLD)" scripts/target eval $(BUILD)
bench: all
	@WORLD="$(WORLD)" scripts/target bench $(BUILD)
demo-distill: all
	@scripts/demo-distill $(BUILD)
bench-distill: all
	@bench/distill/run $(BUILD) $(PARTS)
install: all
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix $(PREFIX)
format:
	@scripts/install-deps dev
	@git ls-files '*.c' '*.h' '*.cc' | xargs clang-format-14 -i
clean:
	rm -rf $(BUILD)
