package dev.quern.io.torch;

import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import dev.quern.io.pickle.SafeUnpickler;
import dev.quern.io.pickle.SafeUnpickler.Unpickled;
import dev.quern.io.pickle.Vocabulary;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the {@code torch.save} format before PyTorch 1.6: pickles of a magic number, a
 * version, system information, the saved object and the storages' keys; then each storage in the
 * order of its key, preceded by its number of elements.
 */
final class LegacyStorages {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int VERSION = 1001;

  /**
   * The maximum size of all pickles together in bytes; the pickles of a state_dict with a thousand
   * tensors have 0.2 MB.
   */
  private static final int MOST_PICKLES = 16 << 20;

  private final RandomAccessFile in;
  private final String what;
  private final TorchVocabulary words = new TorchVocabulary();
  private final byte[] head;
  private final @Nullable Object value;
  private final List<?> keys;
  private int at;

  /**
   * Reads the pickles of a file.
   *
   * @param what the operation and file, for messages
   */
  LegacyStorages(String what, RandomAccessFile in) throws IOException {
    this.in = in;
    this.what = what;
    head = new byte[(int) Math.min(in.length(), MOST_PICKLES)];
    in.seek(0);
    in.readFully(head);
    if (head.length < 2 || head[0] != (byte) 0x80 || !MAGIC.equals(next(Vocabulary.NUMPY))) {
      throw new FormatException("it was not written by torch.save");
    }
    if (!Integer.valueOf(VERSION).equals(next(Vocabulary.NUMPY))) {
      throw new FormatException("it is not version " + VERSION + " of torch.save's old format");
    }
    if (!(next(Vocabulary.NUMPY) instanceof Map<?, ?> system)
        || !Boolean.TRUE.equals(system.get("little_endian"))) {
      throw new FormatException("its byte order is not little-endian");
    }
    value = next(words);
    if (!(next(Vocabulary.NUMPY) instanceof List<?> all)) {
      throw new FormatException("it has no list of storages");
    }
    keys = all;
  }

  private @Nullable Object next(Vocabulary vocabulary) {
    Unpickled one = SafeUnpickler.load(what, head, at, vocabulary);
    at = one.end();
    return one.value();
  }

  @Nullable Object value() {
    return value;
  }

  /** Reads all floating-point storages as float32, by key. */
  Map<String, float[]> read() throws IOException {
    in.seek(at);
    InputStream bytes = new BufferedInputStream(RegularFile.stream(in), 1 << 16);
    Map<String, float[]> read = new LinkedHashMap<>();
    for (Object key : keys) {
      Storage storage = key instanceof String name ? words.storages().get(name) : null;
      if (storage == null) {
        throw new FormatException("storage " + key + " is not described");
      }
      requireElements(bytes, storage);
      if (storage.type().isFloat()) {
        requireLength(storage);
        read.put(storage.key(), StorageBytes.floats(storage, bytes));
      } else {
        bytes.skipNBytes(storage.bytes());
      }
    }
    for (Storage s : words.storages().values()) {
      if (s.type().isFloat() && !read.containsKey(s.key())) {
        throw new FormatException("it has no storage " + s.key());
      }
    }
    return read;
  }

  private static void requireElements(InputStream bytes, Storage storage) throws IOException {
    byte[] count = bytes.readNBytes(Long.BYTES);
    if (count.length < Long.BYTES) {
      throw new EOFException("storage " + storage.key() + " is missing");
    }
    long elements = ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (elements != storage.elements()) {
      throw new FormatException(
          "storage "
              + storage.key()
              + " has "
              + elements
              + " elements, expected "
              + storage.elements());
    }
  }

  /** Checks a storage's declared length against the file's size before memory is allocated. */
  private void requireLength(Storage storage) throws IOException {
    if (storage.bytes() > in.length()) {
      throw new FormatException("storage " + storage.key() + " is larger than the file");
    }
  }
}
