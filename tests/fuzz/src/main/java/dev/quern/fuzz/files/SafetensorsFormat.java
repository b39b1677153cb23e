package dev.quern.fuzz.files;

import dev.quern.error.FormatException;
import dev.quern.fuzz.Attack;
import dev.quern.io.Safetensors;
import dev.quern.io.SafetensorsFile;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Safetensors files as such: header length, header, offsets, shapes, and what they promise. */
final class SafetensorsFormat implements Format {
  private final Scratch scratch;
  private final Container base;
  private final byte[] whole;

  SafetensorsFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    tensors.put("f", Safetensors.Entry.floats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
    tensors.put("d", Safetensors.Entry.doubles(Shape.of(2), 1, 2));
    tensors.put("l", Safetensors.Entry.longs(Shape.of(1, 1, 2), 1, 2));
    Path file = scratch.path("base.safetensors");
    Safetensors.write(file, Map.of("k", "v"), tensors);
    whole = java.nio.file.Files.readAllBytes(file);
    base = Container.of(whole);
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    Path file = scratch.path("a.safetensors");
    if (dice.below(4096) == 1) { // each costs as much as a thousand others
      huge(file, dice);
      Safetensors.read(file);
      return true;
    }
    byte[] content = content(dice);
    scratch.file("a.safetensors", content);
    loadEach(file);
    Safetensors read = Safetensors.read(file);
    requireWhole(content, read);
    requireSame(file, read);
    LinkedHashMap<String, Safetensors.Entry> again = Tensors.entries(read);
    Path copy = scratch.path("b.safetensors");
    Safetensors.write(copy, read.metadata(), again);
    Tensors.requireEqual(read, Safetensors.read(copy));
    return true;
  }

  private byte[] content(Dice dice) {
    Container c = base.copy();
    switch (dice.below(5)) {
      case 0:
        return Bits.mutate(whole, whole, dice);
      case 1:
        byte[] file = Container.file(JsonText.mutate(c.header(), dice), c.data());
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(dice.odd());
        return file;
      case 2:
        do {
          c.change(dice);
        } while (dice.again(3));
        return c.file();
      case 3:
        return Container.file(c.header(), Bits.mutate(c.data(), whole, dice));
      default:
        return Container.file(JsonText.mutate(c.header(), dice), c.data());
    }
  }

  /** Tensor by tensor; what is refused is refused by a typed error. */
  private static void loadEach(Path file) {
    try (SafetensorsFile foreign = SafetensorsFile.open(file)) {
      for (String name : foreign.names()) {
        try {
          foreign.floats(name);
        } catch (FormatException e) {
          // of a type that is no float
        }
      }
    } catch (FormatException e) {
      // Safetensors.read has to refuse it, too: a rule of the format is broken
    }
  }

  private static void requireSame(Path file, Safetensors read) {
    try (SafetensorsFile foreign = SafetensorsFile.open(file)) {
      Tensors.require("names", read.names(), foreign.names());
      for (String name : read.names()) {
        if (foreign.dtype(name).equals("F32")
            && !Arrays.equals(foreign.floats(name), read.floats(name))) {
          throw new Attack.Finding("tensor " + name + " came back otherwise by its name", null);
        }
      }
    }
  }

  /** The header and its tensors must account for each byte. */
  private static void requireWhole(byte[] content, Safetensors read) {
    long bytes = 8 + ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
    for (String name : read.names()) {
      bytes += Tensors.bytes(read, name);
    }
    if (bytes != content.length) {
      throw new Attack.Finding(
          "safetensors: accepted, with " + content.length + " bytes for " + bytes, null);
    }
  }

  /** A header of up to 16 MiB, or tensors of up to 1 GiB of which the file system has nothing. */
  private static void huge(Path file, Dice dice) throws IOException {
    boolean wide = dice.oneIn(2);
    long bytes = wide ? 4 : (1L + dice.below(1 << 12)) << 18;
    String header =
        "{\"t\":{\"dtype\":\"F32\",\"shape\":["
            + bytes / 4
            + "],\"data_offsets\":[0,"
            + bytes
            + "]}"
            + (wide ? filler(dice) : "")
            + "}";
    byte[] start = Container.file(header, new byte[0]);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(0);
      out.write(start);
      out.setLength(start.length + bytes);
    }
  }

  private static String filler(Dice dice) {
    String one = dice.of(List.of(" ", ",\"%d\":1", ",\"%d\":{}", ",\"%d\":[[[1]]]"));
    int n = (1 + dice.below((16 << 20) + 9)) / (one.length() + 5);
    if (one.isBlank()) {
      return one.repeat(n * 6);
    }
    StringBuilder all = new StringBuilder(n * 24);
    boolean metadata = dice.oneIn(2);
    for (int i = 0; i < n; i++) {
      all.append(one.replace("%d", Integer.toString(i)));
    }
    return metadata ? ",\"__metadata__\":{" + all.substring(1) + "}" : all.toString();
  }
}
