package dev.quern.io.torch;

import dev.quern.error.FormatException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A reader of the ZIP format of {@code torch.save}: {@code NAME/data.pkl}, and each storage as
 * {@code NAME/data/KEY}.
 */
final class ZipStorages implements Closeable {
  private static final String PICKLE = "/data.pkl";

  /**
   * The maximum size of the pickle in bytes; the pickle of a state_dict with a thousand tensors has
   * 0.2 MB.
   */
  private static final int MOST_PICKLE = 16 << 20;

  private final ZipFile zip;
  private final String folder;

  ZipStorages(Path file) throws IOException {
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new FormatException("not a complete ZIP archive: " + e.getMessage(), e);
    }
    try {
      String pickle =
          zip.stream()
              .map(ZipEntry::getName)
              .filter(n -> n.endsWith(PICKLE) && n.indexOf('/') == n.length() - PICKLE.length())
              .findFirst()
              .orElseThrow(
                  () -> new FormatException("it has no data.pkl, which torch.save writes"));
      folder = pickle.substring(0, pickle.length() - PICKLE.length());
      requireLittleEndian();
    } catch (RuntimeException | IOException e) {
      zip.close();
      throw e;
    }
  }

  private void requireLittleEndian() throws IOException {
    ZipEntry order = zip.getEntry(folder + "/byteorder");
    if (order == null) {
      return; // older than the entry, and little-endian on all machines that wrote such files
    }
    try (InputStream in = zip.getInputStream(order)) {
      String text = new String(in.readNBytes(16), StandardCharsets.US_ASCII);
      if (!text.equals("little")) {
        throw new FormatException("its byte order is not little-endian");
      }
    }
  }

  byte[] pickle() throws IOException {
    ZipEntry entry = stored(PICKLE.substring(1));
    if (entry.getSize() > MOST_PICKLE) {
      throw new FormatException(
          "data.pkl has " + entry.getSize() + " bytes, above the limit of " + MOST_PICKLE);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /**
   * Returns an entry that is stored without compression; compressed entries are rejected, since
   * they could be far larger than the file.
   */
  private ZipEntry stored(String name) {
    ZipEntry entry = zip.getEntry(folder + "/" + name);
    if (entry == null) {
      throw new FormatException("it has no " + name);
    }
    if (entry.getMethod() != ZipEntry.STORED) {
      throw new FormatException(name + " is compressed, which torch.save does not do");
    }
    return entry;
  }

  float[] read(Storage storage) throws IOException {
    ZipEntry entry = stored("data/" + storage.key());
    if (entry.getSize() != storage.bytes()) {
      throw new FormatException(
          "storage "
              + storage.key()
              + " has "
              + entry.getSize()
              + " bytes, expected "
              + storage.bytes());
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return StorageBytes.floats(storage, in);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
