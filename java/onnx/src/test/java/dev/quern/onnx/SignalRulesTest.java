package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fourier transforms, windows and mel bands, judged by ONNX Runtime. */
class SignalRulesTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DFT x[0,12,1] -> y",
        "DFT x[0,12,2] -> y",
        "DFT x[0,12,2] -> y inverse=1",
        "DFT x[0,13,1] -> y onesided=1",
        "DFT x[0,12,1] -> y onesided=1",
        "DFT x[0,12,1] n<20> -> y",
        "DFT x[0,12,2] n<7> -> y",
        "DFT x[0,5,12,1] -> y axis=2",
        "DFT x[0,5,6,2] -> y axis=1",
        "DFT x[0,3,5,6,2] -> y axis=2"
      })
  void transforms(String line) {
    assertThat(Judge.agree(dir, Graphs.of(17, line)).network().nodes()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DFT x[0,12,1] -> y",
        "DFT x[0,5,12,1] _ a<1> -> y",
        "DFT x[0,5,12,1] _ a<-2> -> y onesided=1",
        "DFT x[0,5,12,2] n<16> a<2> -> y inverse=1"
      })
  void axesAsInputs(String line) {
    Judge.agree(dir, Graphs.of(20, line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "STFT x[0,64] s<8> w(16) -> y",
        "STFT x[0,64,1] s<8> w(16) n<16> -> y",
        "STFT x[0,61,1] s<5> _ n<16> -> y onesided=0",
        "STFT x[0,61] s<16> w(15) -> y"
      })
  void shortTimeTransforms(String line) {
    assertThat(Judge.agree(dir, Graphs.of(17, line)).network().nodes())
        .extracting(n -> n.layer().type())
        .contains("conv1d");
  }

  /** The power of mel bands of a signal, as recognisers of sound compute them. */
  @ParameterizedTest
  @CsvSource({"HannWindow, 1", "HannWindow, 0", "HammingWindow, 1", "BlackmanWindow, 0"})
  void melSpectrogram(String window, int periodic) {
    Judge.agree(
        dir,
        Graphs.of(
            window + " size<32> -> w periodic=" + periodic,
            "STFT x[0,160] s<16> w -> f",
            "Mul f f -> g",
            "ReduceSum g last{-1} -> power keepdims=0",
            "MelWeightMatrix bands<6> n<32> rate<8000> low<20.0> high<3500.0> -> m",
            "MatMul power m -> y"));
  }

  private void refused(ModelProto.Builder model, String why) throws IOException {
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusals() throws IOException {
    refused(Graphs.of("DFT x[1,4,2] -> y onesided=1"), "onesided needs real input");
    refused(Graphs.of("DFT x[1,4,2] -> y axis=2"), "that of real and imaginary parts");
    refused(Graphs.of("DFT x[1,4,1] n<100000> -> y"), "outside [1, 8192]");
    refused(Graphs.of("DFT x[1,4,1] n<0> -> y"), "outside [1, 8192]");
    refused(Graphs.of("STFT x[1,64,2] s<8> w(16) -> y"), "not a real signal");
    refused(Graphs.of("STFT x[1,64] s<0> w(16) -> y"), "a step of 0");
    refused(Graphs.of("STFT x[1,64] s<8> w(16) n<12> -> y"), "does not have 12 numbers");
    String[] large = {
      "DFT x[1,8000,1] -> u onesided=1", "DFT x -> v onesided=1", "DFT x -> w onesided=1"
    };
    refused(Graphs.of(large[0], large[1], large[2], "Sum u v w -> y"), "elements in all");
  }
}
