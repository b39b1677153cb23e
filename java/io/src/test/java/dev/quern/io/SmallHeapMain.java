package dev.quern.io;

import dev.quern.error.QuernException;
import dev.quern.io.dataset.IdxFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fills part of the heap, then reads files and says how each ended. */
final class SmallHeapMain {
  private SmallHeapMain() {}

  /**
   * @param args MiB to keep, then files
   */
  public static void main(String[] args) {
    List<byte[]> kept = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      kept.add(new byte[1000 << 10]); // with its header inside a region of 1 MiB
    }
    for (int i = 1; i < args.length; i++) {
      Path file = Path.of(args[i]);
      System.out.println(file.getFileName() + " " + ending(file));
    }
    System.out.println("kept " + kept.size());
  }

  private static String ending(Path file) {
    try {
      String name = file.toString();
      if (name.endsWith(".json")) {
        NetworkJson.load(file);
      } else if (name.endsWith("idx")) {
        IdxFile.read(file);
      } else if (name.endsWith(".model")) {
        ModelFile.load(file);
      } else {
        Safetensors.read(file);
      }
      return "was read";
    } catch (QuernException e) {
      return e.getClass().getSimpleName();
    } catch (Throwable e) {
      return "untyped " + e;
    }
  }
}
