# Short on purpose: CMake builds, this file remembers the words.
BUILD ?= build
.PHONY: all deps demo check eval bench install clean format
all: deps
	@cmake -S . -B $(BUILD) -G Ninja >/dev/null && ninja -C $(BUILD)
deps:
	@scripts/install-deps build
clean:
	rm -rf $(BUILD)
