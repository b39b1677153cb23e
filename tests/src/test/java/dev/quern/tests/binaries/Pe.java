package dev.quern.tests.binaries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tables of a 64-bit PE library: Windows. The format is Microsoft's "PE Format". */
public final class Pe implements Binary {
  private static final int EXPORTS = 0;
  private static final int IMPORTS = 1;

  private final ByteBuffer bytes;
  private final int header;

  public Pe(Path file) throws IOException {
    bytes = Binary.read(file);
    header = bytes.getInt(0x3c);
    if (bytes.getInt(header) != 0x4550 || bytes.getShort(header + 24) != 0x20b) {
      throw new IOException(file + " is no 64-bit PE file");
    }
  }

  @Override
  public List<String> dependencies() {
    List<String> names = new ArrayList<>();
    for (int at = directory(IMPORTS); bytes.getInt(at + 12) != 0; at += 20) {
      names.add(Binary.text(bytes, offset(bytes.getInt(at + 12))));
    }
    return names;
  }

  @Override
  public List<String> exports() {
    List<String> names = new ArrayList<>();
    int table = directory(EXPORTS);
    int first = offset(bytes.getInt(table + 32));
    for (int i = 0; i < bytes.getInt(table + 24); i++) {
      names.add(Binary.text(bytes, offset(bytes.getInt(first + 4 * i))));
    }
    return names;
  }

  private int directory(int index) {
    return offset(bytes.getInt(header + 24 + 112 + 8 * index));
  }

  /** Where in the file the bytes lie that are loaded at this address. */
  private int offset(int address) {
    int first = header + 24 + bytes.getShort(header + 20);
    for (int i = 0; i < bytes.getShort(header + 6); i++) {
      int section = first + 40 * i;
      int start = bytes.getInt(section + 12);
      if (address >= start && address < start + bytes.getInt(section + 16)) {
        return address - start + bytes.getInt(section + 20);
      }
    }
    throw new IllegalStateException("no section holds address " + address);
  }
}
