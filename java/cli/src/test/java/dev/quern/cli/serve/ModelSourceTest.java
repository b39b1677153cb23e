package dev.quern.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

class ModelSourceTest {
  @TempDir Path dir;

  private static ModelSource of(String value) {
    return new ModelSource.Converter().convert(value);
  }

  @Test
  void aNetworkIsServedByItsNameOrAnother() {
    assertThat(of("mnist").name()).isEqualTo("mnist");
    assertThat(of("mnist").model().isFile()).isFalse();
    assertThat(of("torchvision/resnet18").name()).isEqualTo("resnet18");
    assertThat(of("torchvision/resnet18").path()).isEqualTo(Path.of("torchvision/resnet18"));
    assertThat(of("digits=mnist").name()).isEqualTo("digits");
    assertThat(of("digits=mnist").model().label()).isEqualTo("mnist");
  }

  @Test
  void aFileIsServedByItsNameWithoutTheEnding() throws IOException {
    Path file = Files.createFile(dir.resolve("a.b.safetensors"));
    assertThat(of(file.toString()).name()).isEqualTo("a.b");
    assertThat(of("x=" + file).name()).isEqualTo("x");
    assertThat(of("x=" + file).path()).isEqualTo(file);
    assertThat(of("none.onnx").model().isFile()).isTrue();
    Path equals = Files.createFile(dir.resolve("x=y.onnx"));
    assertThat(of(equals.toString()).name()).isEqualTo("x=y");
    assertThatThrownBy(() -> of("x=" + dir)).isInstanceOf(TypeConversionException.class);
  }
}
