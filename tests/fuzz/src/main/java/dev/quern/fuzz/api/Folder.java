package dev.quern.fuzz.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.quern.io.ModelFile;
import dev.quern.io.Safetensors;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A folder of a child's own, emptied after each case: no path leads out of it. */
final class Folder {
  private final Path top;
  private boolean used;

  private Folder(Path top) {
    this.top = top;
  }

  /** It goes when the child ends by itself. */
  static Folder temporary() {
    try {
      Folder folder = new Folder(Files.createTempDirectory("quern-fuzz-api-"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> folder.delete(true)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path top() {
    used = true;
    return top;
  }

  /** Something there: a file that fits, one that does not, a folder, nothing, an odd name. */
  Path path(Draw draw, World world) {
    used = true;
    try {
      switch (draw.below(8)) {
        case 0:
          Path model = top.resolve("model.quern");
          ModelFile.save(model, world.modelData());
          return model;
        case 1:
          Path tensors = top.resolve("t.safetensors");
          Safetensors.Entry entry = Safetensors.Entry.floats(Shape.of(2), 1f, 2f);
          Safetensors.write(tensors, Map.of("k", "v"), new LinkedHashMap<>(Map.of("a", entry)));
          return tensors;
        case 2:
          return Files.writeString(top.resolve("text"), draw.of("", "{}", "not a file of ours"));
        case 3:
          return Files.createDirectories(top.resolve("folder"));
        case 4:
          return top.resolve("text").resolve("below");
        case 5:
          return top.resolve(draw.of("nothing", "x".repeat(255), "x".repeat(300), "\u0301 \n"));
        default:
          return top;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two classes with a picture each. */
  Path pictures() {
    used = true;
    try {
      for (String name : new String[] {"a", "b"}) {
        Path of = Files.createDirectories(top.resolve("pictures").resolve(name));
        BufferedImage image = new BufferedImage(3, 3, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "png", of.resolve("1.png").toFile());
      }
      return top.resolve("pictures");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two samples with labels, as arrays. */
  Path arrays() {
    used = true;
    try {
      Path of = Files.createDirectories(top.resolve("arrays"));
      Files.write(of.resolve("x.npy"), npy("(2, 3)", 6));
      Files.write(of.resolve("y.npy"), npy("(2,)", 2));
      return of;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Four rows of two features and a class. */
  Path table() {
    used = true;
    try {
      return Files.writeString(top.resolve("table.csv"), "a,b,c\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] npy(String shape, int values) {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + "}";
    byte[] begin = ("?NUMPY\1\0" + (char) header.length() + "\0" + header).getBytes(US_ASCII);
    begin[0] = (byte) 0x93;
    return Arrays.copyOf(begin, begin.length + values);
  }

  void empty() {
    if (used) {
      delete(false);
      used = false;
    }
  }

  private void delete(boolean itself) {
    try (Stream<Path> all = Files.walk(top)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        if (itself || !p.equals(top)) {
          Files.deleteIfExists(p);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
