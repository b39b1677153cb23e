package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import java.util.ArrayList;
import java.util.List;

/** Reads a file of each kind in a JVM whose heap is filled up but for what is held for the file. */
final class NarrowHeap {
  /** What is left beside that: less than most files take. */
  private static final long BESIDE = 2 << 20;

  private NarrowHeap() {}

  public static void main(String[] args) {
    for (Made.Kind kind : Made.kinds()) {
      ImageReading reading = ImageReading.within(ImageLimits.standard());
      Image.read(kind.file(), reading);
      long heap = reading.held() - (kind.name().startsWith("progressive") ? kind.beside() : 0);
      List<byte[]> ballast = ballast(heap + BESIDE);
      try {
        Image.read(kind.file());
      } catch (RuntimeException e) {
        System.out.println(kind.name() + ": " + e.getMessage());
      }
      ballast.clear();
    }
    System.out.print("all are read\n");
  }

  private static List<byte[]> ballast(long left) {
    List<byte[]> all = new ArrayList<>();
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    long free = jvm.maxMemory() - jvm.totalMemory() + jvm.freeMemory();
    for (long more = free - left; more > 1 << 18; more -= 1 << 18) {
      all.add(new byte[1 << 18]);
    }
    return all;
  }
}
