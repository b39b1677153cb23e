package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;

/** A folder of files that are to end in a typed error that says why, soon. */
abstract class HostileFolder {
  static final Duration QUICK = Duration.ofSeconds(20);

  @TempDir Path dir;

  Path write(byte[] content) throws IOException {
    return Files.write(dir.resolve("model.onnx"), content);
  }

  Path write(ModelProto.Builder model) throws IOException {
    return write(model.build().toByteArray());
  }

  void refused(ModelProto.Builder model, String why) throws IOException {
    Path file = write(model);
    Assertions.assertTimeoutPreemptively(
        QUICK,
        () ->
            assertThatThrownBy(() -> Onnx.load(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(why));
  }
}
