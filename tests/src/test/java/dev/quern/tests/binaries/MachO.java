package dev.quern.tests.binaries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tables of a 64-bit Mach-O library: macOS. The format is that of Apple's mach-o/loader.h. */
public final class MachO implements Binary {
  private static final int SYMBOLS = 0x2;
  private static final int LOAD_LIBRARY = 0xc;
  private static final int LIBRARY_NAME = 0xd;
  private static final int CODE_SIGNATURE = 0x1d;
  private static final int BUILD_VERSION = 0x32;
  private static final int SIGNATURE_MAGIC = 0xfade0cc0;
  private static final int EXTERNAL = 0x01;
  private static final int PRIVATE = 0x10;
  private static final int KIND = 0x0e;

  private final ByteBuffer bytes;

  public MachO(Path file) throws IOException {
    bytes = Binary.read(file);
    if (bytes.getInt(0) != 0xfeedfacf) {
      throw new IOException(file + " is no 64-bit Mach-O file");
    }
  }

  @Override
  public List<String> dependencies() {
    return libraries(LOAD_LIBRARY);
  }

  /** The name under which others look for it. */
  public String installName() {
    return libraries(LIBRARY_NAME).get(0);
  }

  /** The oldest macOS that it runs on, such as 11.0. */
  public String minimumSystem() {
    int version = bytes.getInt(commands(BUILD_VERSION).get(0) + 12);
    return (version >> 16) + "." + (version >> 8 & 0xff);
  }

  /** Whether it has a code signature, without which arm64 loads nothing. */
  public boolean signed() {
    List<Integer> found = commands(CODE_SIGNATURE);
    return !found.isEmpty()
        && Integer.reverseBytes(bytes.getInt(bytes.getInt(found.get(0) + 8))) == SIGNATURE_MAGIC;
  }

  @Override
  public List<String> exports() {
    List<String> names = new ArrayList<>();
    int table = commands(SYMBOLS).get(0);
    int strings = bytes.getInt(table + 16);
    for (int i = 0; i < bytes.getInt(table + 12); i++) {
      int symbol = bytes.getInt(table + 8) + 16 * i;
      int type = bytes.get(symbol + 4);
      if ((type & (EXTERNAL | PRIVATE)) == EXTERNAL && (type & KIND) != 0) {
        names.add(Binary.text(bytes, strings + (long) bytes.getInt(symbol)));
      }
    }
    return names;
  }

  private List<String> libraries(int command) {
    return commands(command).stream()
        .map(at -> Binary.text(bytes, at + (long) bytes.getInt(at + 8)))
        .toList();
  }

  private List<Integer> commands(int kind) {
    List<Integer> found = new ArrayList<>();
    int at = 32;
    for (int i = 0; i < bytes.getInt(16); i++) {
      if (bytes.getInt(at) == kind) {
        found.add(at);
      }
      at += bytes.getInt(at + 4);
    }
    return found;
  }
}
