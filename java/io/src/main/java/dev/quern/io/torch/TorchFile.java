package dev.quern.io.torch;

import dev.quern.error.FormatException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.pickle.SafeUnpickler;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A reader of a state_dict in a file of {@code torch.save}, in either format: a ZIP archive (since
 * PyTorch 1.6), or pickles followed by storages. Nothing in the file is executed.
 */
public final class TorchFile {
  /** The file extensions by which such files are recognized. */
  private static final Set<String> ENDINGS = Set.of("pth", "pt", "bin");

  private static final int ZIP = 0x504b0304;

  /**
   * The content of a file.
   *
   * @param others the names of tensors that are not floating-point
   */
  public record Content(
      Map<String, float[]> weights, Map<String, Shape> shapes, List<String> others) {}

  private TorchFile() {}

  /** Returns whether a file has one of the usual extensions of {@code torch.save} files. */
  public static boolean reads(Path file) {
    String name = file.toString();
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /**
   * Reads all tensors; floating-point tensors become float32.
   *
   * @throws FormatException if the file is not a state_dict, or contains objects other than tensors
   */
  public static Content read(String operation, Path file) {
    String what = operation + ": " + file;
    try {
      return isZip(operation, file) ? zip(what, file) : legacy(what, operation, file);
    } catch (ArithmeticException e) { // a size beyond a long
      throw new FormatException(what + ": a tensor's size is too large", e);
    } catch (FormatException e) {
      String message = e.getMessage();
      throw message.startsWith(what) ? e : new FormatException(what + ": " + message, e);
    } catch (IOException e) {
      throw FileErrors.of(operation, file, e);
    }
  }

  private static boolean isZip(String operation, Path file) throws IOException {
    try (RandomAccessFile in = RegularFile.open(operation, file)) {
      return in.length() >= Integer.BYTES && in.readInt() == ZIP;
    }
  }

  private static Content zip(String what, Path file) throws IOException {
    try (ZipStorages in = new ZipStorages(file)) {
      TorchVocabulary words = new TorchVocabulary();
      Object value = SafeUnpickler.load(what, in.pickle(), 0, words).value();
      Map<String, TorchTensor> tensors = tensors(value);
      Map<String, float[]> read = new LinkedHashMap<>();
      for (Storage s : words.storages().values()) {
        if (s.type().isFloat()) {
          read.put(s.key(), in.read(s));
        }
      }
      return content(tensors, read);
    }
  }

  private static Content legacy(String what, String operation, Path file) throws IOException {
    try (RandomAccessFile in = RegularFile.open(operation, file)) {
      LegacyStorages storages = new LegacyStorages(what, in);
      Map<String, TorchTensor> tensors = tensors(storages.value());
      return content(tensors, storages.read());
    }
  }

  /**
   * Returns the tensors of a flat dictionary; other content, such as a training checkpoint, is
   * rejected.
   */
  private static Map<String, TorchTensor> tensors(Object value) {
    if (!(value instanceof Map<?, ?> all)) {
      throw new FormatException("it does not contain a state_dict, a dictionary of tensors");
    }
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    all.forEach(
        (name, tensor) -> {
          if (!(tensor instanceof TorchTensor t)) {
            throw new FormatException(
                "\"" + name + "\" is not a tensor; the file must contain only a state_dict");
          }
          tensors.put((String) name, t);
        });
    return tensors;
  }

  private static Content content(Map<String, TorchTensor> tensors, Map<String, float[]> read) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          if (tensor.storage().type().isFloat()) {
            weights.put(name, tensor.of(read.get(tensor.storage().key())));
            shapes.put(name, Shape.of(tensor.size()));
          } else {
            others.add(name);
          }
        });
    return new Content(weights, shapes, others);
  }
}
