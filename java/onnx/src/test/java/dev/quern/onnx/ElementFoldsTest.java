package dev.quern.onnx;

import static dev.quern.onnx.SessionJudge.agree;
import static dev.quern.onnx.SessionJudge.outputs;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Elementwise operators that only sessions compute, judged by ONNX Runtime. */
class ElementFoldsTest {
  private static final long[] DIMS = {3, 5};

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"Tan", "Atan", "Cosh", "Sinh", "Asinh", "Sin", "Cos"})
  void functions(String op) throws Exception {
    agree(dir, Graphs.of(op + " x[3,5] -> y"), DIMS, DIMS);
  }

  /** Of values from -1 to 1, and of values above 1. */
  @ParameterizedTest
  @ValueSource(
      strings = {"Acos t -> y", "Asin t -> y", "Atanh t -> y", "Cosh t -> u ; Acosh u -> y"})
  void inverseFunctions(String lines) throws Exception {
    agree(dir, Graphs.of(("Tanh x[3,5] -> t ; " + lines).split(" ; ")), DIMS, DIMS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BitwiseAnd a b -> y",
        "BitwiseOr a b -> y",
        "BitwiseXor a b -> y",
        "BitwiseNot a -> y",
        "Cast a -> u to=2 ; BitwiseNot u -> v ; Cast v -> y to=7",
        "Cast a -> u to=2 ; Cast s{3} -> t to=2 ; BitShift u t -> v direction=LEFT ; Cast v -> y to=7",
        "Cast a -> u to=12 ; Cast s{3} -> t to=12 ; BitShift u t -> v direction=LEFT ; Cast v -> y to=7",
        "Cast a -> u to=13 ; Cast s{2} -> t to=13 ; BitShift u t -> v direction=RIGHT ; Cast v -> y to=7"
      })
  void bits(String lines) throws Exception {
    String numbers =
        "Abs x[3,5] -> p ; Mul p f{100.0} -> q ; Cast q -> a to=7 ; Transpose a -> c ;"
            + " ReduceMax a along{0} -> b keepdims=1 ; ";
    agree(dir, outputs(Graphs.of(18, (numbers + lines).split(" ; ")), "int64 y"), DIMS, DIMS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "IsNaN l -> b",
        "IsInf e -> b detect_negative=0",
        "IsInf e -> b detect_positive=0"
      })
  void testsOfValues(String line) throws Exception {
    String values =
        "Log x[3,5] -> l ; Mul x f{1000.0} -> t ; Exp t -> u ; Neg u -> n ; Sum u l -> e ; ";
    String end = " ; Cast b -> y to=7";
    agree(dir, outputs(Graphs.of((values + line + end).split(" ; ")), "int64 y"), DIMS, DIMS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReverseSequence x[5,3,2] n{3,5,0} -> y",
        "ReverseSequence x[5,3,2] n{1,2,3,2,1} -> y batch_axis=0 time_axis=1",
        "Greater x[5,3,2] f{0.3} -> b ; Reshape b all{-1} -> c ; Compress x c -> y",
        "ReduceMax x[5,3,2] -> m axes=1,2 keepdims=0 ; Greater m f{0.9} -> c ; Compress x c -> y axis=0",
        "ReduceMax x[5,3,2] -> m axes=0,2 keepdims=0 ; Greater m f{0.9} -> c ; Compress x c -> y axis=1"
      })
  void selections(String lines) throws Exception {
    long[] dims = {5, 3, 2};
    agree(dir, Graphs.of(lines.split(" ; ")), dims, dims, dims);
  }

  private void refused(String why, String... lines) throws IOException {
    ModelProto.Builder model = Graphs.of(18, lines);
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    try (OnnxSession session = Onnx.session(file)) {
      OnnxTensor x = OnnxTensor.of(DIMS, new float[15]);
      assertThatThrownBy(() -> session.run(Map.of("x", x)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void refusals() throws IOException {
    refused("must be of integers", "BitwiseNot x[3,5] -> y");
    refused("direction must be", "Cast x[3,5] -> u to=13", "BitShift u u -> y direction=UP");
    refused("outside an axis of 3", "ReverseSequence x[3,5] n{1,2,3,4,0} -> y");
    refused("do not match axis 1", "ReverseSequence x[3,5] n{1,2} -> y");
    refused("exceed an axis of 3", "Compress x[3,5] n{1,1,1,1} -> y axis=0");
    refused(
        "outside the spectrum",
        "ReduceMax x[3,5] -> h keepdims=0",
        "MelWeightMatrix b<4> n<16> r<80> l<0.0> t<400.0> -> m",
        "Add m h -> y");
  }
}
