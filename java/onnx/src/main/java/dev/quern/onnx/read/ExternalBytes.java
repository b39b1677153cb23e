package dev.quern.onnx.read;

import dev.quern.error.FormatException;
import dev.quern.io.file.FileErrors;
import dev.quern.onnx.proto.OnnxProto.StringStringEntryProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The bytes of tensors in external files. With symbolic links resolved, these files must be in the
 * model's folder.
 */
final class ExternalBytes {
  private ExternalBytes() {}

  static FileBytes of(String what, Path model, TensorProto t) {
    String location = "";
    long offset = 0;
    long length = -1;
    for (StringStringEntryProto e : t.getExternalDataList()) {
      switch (e.getKey()) {
        case "location" -> location = e.getValue();
        case "offset" -> offset = number(what, e);
        case "length" -> length = number(what, e);
        default -> {
          // a checksum, or a key of another tool
        }
      }
    }
    try {
      Path said = Path.of(location);
      if (location.isEmpty() || said.isAbsolute() || said.normalize().startsWith("..")) {
        throw outside(what, location);
      }
      Path folder = model.toAbsolutePath().getParent().toRealPath();
      Path real = folder.resolve(location).toRealPath();
      if (!real.startsWith(folder)) {
        throw outside(what, location);
      }
      long size = Files.size(real);
      length = length < 0 ? size - offset : length;
      if (offset > size || length > size - offset) {
        throw new FormatException(
            what
                + " is stored in bytes "
                + offset
                + " to "
                + (offset + length)
                + " of "
                + real
                + ", which has "
                + size
                + " bytes");
      }
      return new FileBytes(real, offset, length);
    } catch (InvalidPathException e) {
      throw new FormatException(what + " has an invalid external file name", e);
    } catch (IOException e) {
      throw FileErrors.of(what, model, e);
    }
  }

  private static FormatException outside(String what, String location) {
    return new FormatException(
        what + " is stored in \"" + location + "\", which is outside the model's folder");
  }

  private static long number(String what, StringStringEntryProto e) {
    try {
      long v = Long.parseLong(e.getValue());
      if (v >= 0) {
        return v;
      }
    } catch (NumberFormatException notOne) {
      // reported below
    }
    throw new FormatException(what + ": " + e.getKey() + " \"" + e.getValue() + "\" is not a size");
  }
}
