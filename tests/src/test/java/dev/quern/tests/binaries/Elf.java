package dev.quern.tests.binaries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tables of a 64-bit ELF library: Linux. The format is that of {@code man 5 elf}. */
public final class Elf implements Binary {
  private static final int LOAD = 1;
  private static final int STRING_TABLE = 3;
  private static final int DYNAMIC = 6;
  private static final int DYNAMIC_SYMBOLS = 11;
  private static final int VERSIONS_NEEDED = 0x6ffffffe;
  private static final int TAG_NEEDED = 1;

  private final ByteBuffer bytes;

  public Elf(Path file) throws IOException {
    bytes = Binary.read(file);
    if (bytes.getInt(0) != 0x464c457f) {
      throw new IOException(file + " is no ELF file");
    }
  }

  /** The alignment of each segment that is mapped. */
  public List<Long> pageAlignments() {
    List<Long> alignments = new ArrayList<>();
    int first = Math.toIntExact(bytes.getLong(32));
    for (int i = 0; i < bytes.getShort(56); i++) {
      int header = first + i * bytes.getShort(54);
      if (bytes.getInt(header) == LOAD) {
        alignments.add(bytes.getLong(header + 48));
      }
    }
    return alignments;
  }

  @Override
  public List<String> dependencies() {
    List<String> names = new ArrayList<>();
    int section = section(DYNAMIC);
    for (long at = offset(section); at < offset(section) + size(section); at += 16) {
      if (bytes.getLong((int) at) == TAG_NEEDED) {
        names.add(Binary.text(bytes, strings(section) + bytes.getLong((int) at + 8)));
      }
    }
    return names;
  }

  @Override
  public List<String> exports() {
    List<String> names = new ArrayList<>();
    int section = section(DYNAMIC_SYMBOLS);
    for (long at = offset(section) + 24; at < offset(section) + size(section); at += 24) {
      boolean local = (bytes.get((int) at + 4) >> 4) == 0;
      boolean undefined = bytes.getShort((int) at + 6) == 0;
      if (!local && !undefined) {
        names.add(Binary.text(bytes, strings(section) + bytes.getInt((int) at)));
      }
    }
    return names;
  }

  /** The versions of symbols that other libraries must have, such as GLIBC_2.34. */
  public List<String> versions() {
    List<String> names = new ArrayList<>();
    int section = section(VERSIONS_NEEDED);
    int entry = (int) offset(section);
    for (int next = 1; next != 0; entry += next) {
      int version = entry + bytes.getInt(entry + 8);
      for (int step = 1; step != 0; version += step) {
        names.add(Binary.text(bytes, strings(section) + bytes.getInt(version + 8)));
        step = bytes.getInt(version + 12);
      }
      next = bytes.getInt(entry + 12);
    }
    return names;
  }

  private int section(int type) {
    for (int i = 0; i < bytes.getShort(60); i++) {
      if (bytes.getInt(header(i) + 4) == type) {
        return header(i);
      }
    }
    throw new IllegalStateException("no section of type " + type);
  }

  private int header(int index) {
    return Math.toIntExact(bytes.getLong(40)) + index * bytes.getShort(58);
  }

  private long offset(int header) {
    return bytes.getLong(header + 24);
  }

  private long size(int header) {
    return bytes.getLong(header + 32);
  }

  /** Where the texts lie that a section's entries name. */
  private long strings(int header) {
    int linked = header(bytes.getInt(header + 40));
    if (bytes.getInt(linked + 4) != STRING_TABLE) {
      throw new IllegalStateException("the linked section holds no texts");
    }
    return offset(linked);
  }
}
