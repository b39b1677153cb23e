package dev.quern.io.folder;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A pixel cache in a persistent file: a header with the key and each image's checksum, then the
 * pixels of the first images. It is written to a temporary file that is renamed after all images
 * have been read, so an incomplete file never has the final name.
 */
final class KeptCache extends StoredPixels {
  private static final byte[] MAGIC = "QUERNPX1".getBytes(StandardCharsets.US_ASCII);

  /**
   * The size of an image's entry in the header in bytes: whether the image is present, and its
   * checksum.
   */
  private static final int ENTRY_BYTES = 1 + Integer.BYTES;

  private final byte[] key;
  private final int[] sums;

  /** The temporary file that is being written; null after it is renamed. */
  private PartFile part;

  /**
   * Creates the cache.
   *
   * @param key the key of the images and the resizing
   */
  private KeptCache(Path file, byte[] key, int each, int most) {
    super(file.toAbsolutePath(), each, most);
    this.key = key;
    sums = new int[most];
  }

  /**
   * Opens the cache of an earlier run, or creates a new one.
   *
   * @throws FormatException if an existing file is not a cache; the file is not changed
   * @throws NotFoundException if the folder is missing
   */
  static KeptCache open(Path file, byte[] key, int pictures, int each, long limit) {
    KeptCache cache =
        new KeptCache(file, key, each, (int) Math.min(pictures, limit / (each + ENTRY_BYTES)));
    boolean whole = false;
    try {
      if (!cache.readOld()) {
        cache.rebuild();
      }
      whole = true;
      return cache;
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    } finally {
      if (!whole) {
        cache.close();
      }
    }
  }

  /**
   * Reads the header of an existing cache; returns false if there is none or it is for other
   * images.
   */
  private boolean readOld() throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    data = RegularFile.open(OP, file);
    byte[] header = new byte[MAGIC.length + key.length];
    int n = Math.max(0, RegularFile.stream(data).readNBytes(header, 0, header.length));
    if (n < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(header, MAGIC.length))) {
      throw new FormatException(OP + ": " + file + " is not an image cache and is not overwritten");
    }
    byte[] own = Arrays.copyOfRange(header, MAGIC.length, header.length);
    if (n < header.length || !Arrays.equals(key, own) || data.length() != begin(kept.length)) {
      return false;
    }
    ByteBuffer entries = ByteBuffer.allocate(kept.length * ENTRY_BYTES);
    data.seek(header.length);
    data.readFully(entries.array());
    for (int i = 0; i < kept.length; i++) {
      kept[i] = entries.get() != 0;
      sums[i] = entries.getInt();
    }
    return true;
  }

  @Override
  long begin(int picture) {
    return MAGIC.length + key.length + (long) kept.length * ENTRY_BYTES + (long) picture * each;
  }

  @Override
  public synchronized void rebuild() {
    try {
      closeData();
      Arrays.fill(kept, false);
      Path folder = file.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new NotFoundException(OP + ": " + file + ": its folder does not exist");
      }
      PartFile.sweep(file);
      part = PartFile.create(file);
      data = part.data();
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    }
  }

  @Override
  public synchronized byte[] left(int picture) {
    if (!has(picture)) {
      return null;
    }
    byte[] pixels = read(picture);
    if (sum(pixels) != sums[picture]) {
      kept[picture] = false; // the file was damaged
      return null;
    }
    return pixels;
  }

  private static int sum(byte[] pixels) {
    CRC32 sum = new CRC32();
    sum.update(pixels);
    return (int) sum.getValue();
  }

  @Override
  public void keep(int picture, byte[] pixels) {
    if (picture >= kept.length) {
      return;
    }
    int sum = sum(pixels);
    synchronized (this) {
      if (part == null) {
        return; // the file of an earlier run is not written to
      }
      write(picture, pixels);
      sums[picture] = sum;
    }
  }

  @Override
  public synchronized void finish() {
    if (part == null) {
      return;
    }
    try {
      data.setLength(begin(kept.length));
      ByteBuffer head = ByteBuffer.allocate((int) begin(0));
      head.put(MAGIC).put(key);
      for (int i = 0; i < kept.length; i++) {
        head.put((byte) (kept[i] ? 1 : 0)).putInt(sums[i]);
      }
      data.seek(0);
      data.write(head.array());
      part.finish();
      part = null;
      data = RegularFile.open(OP, file);
    } catch (IOException e) {
      throw FileErrors.of(OP, file, e);
    }
  }

  @Override
  void closeData() throws IOException {
    if (data != null) {
      data.close();
      data = null;
    }
    if (part != null) {
      part.close();
      part = null;
    }
  }
}
