package dev.quern.tests.onnx;

import dev.quern.error.QuernException;
import dev.quern.onnx.ImportException;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxSession;
import dev.quern.onnx.OnnxTensor;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.tests.onnx.OnnxCase.Kind;
import dev.quern.tests.onnx.OnnxCase.Outcome;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/** One of ONNX's own tests through {@link OnnxSession}, all of whose inputs are values. */
final class SessionCase {
  /**
   * ONNX 1.17 expects -236 to become 20 in 8 bits here; by the operator's text it saturates at
   * -128, as it does here and in ONNX Runtime.
   */
  private static final Set<String> WRAPPED =
      Set.of("test_qlinearmatmul_2D_int8_float32", "test_qlinearmatmul_3D_int8_float32");

  private SessionCase() {}

  static Outcome run(OnnxCase c) {
    if (!c.isRead() || !c.isAsDeclared()) {
      return new Outcome(Kind.REFUSED, "an input or output is not of a type that this test reads");
    }
    if (WRAPPED.contains(c.name())) {
      return new Outcome(Kind.REFUSED, "the expected integers are not saturated");
    }
    if (c.inputs().stream().anyMatch(SessionCase::isBeyondFloats)) {
      return new Outcome(Kind.REFUSED, "an input has doubles that no float32 holds");
    }
    try (OnnxSession session = Onnx.session(c.model())) {
      List<String> names = session.inputs();
      if (names.size() != c.inputs().size()) {
        return new Outcome(Kind.REFUSED, "inputs are missing");
      }
      Map<String, OnnxTensor> in = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        in.put(names.get(i), tensor(c.inputs().get(i)));
      }
      Map<String, OnnxTensor> out = session.run(in);
      for (int i = 0; i < c.outputs().size(); i++) {
        String wrong = difference(c.outputs().get(i), out.get(session.outputs().get(i)));
        if (wrong != null) {
          return new Outcome(Kind.WRONG, "output " + i + ": " + wrong);
        }
      }
      return new Outcome(Kind.PASSED, "");
    } catch (ImportException e) {
      return new Outcome(Kind.REFUSED, OnnxCase.reasons(e));
    } catch (QuernException e) {
      return new Outcome(Kind.REFUSED, e.getMessage().replace(c.model().toString(), c.name()));
    }
  }

  private static OnnxTensor tensor(TensorProto t) {
    long[] dims = dims(t);
    return t.getDataType() == TensorProto.DataType.FLOAT_VALUE
            || t.getDataType() == TensorProto.DataType.DOUBLE_VALUE
        ? OnnxTensor.of(dims, Numbers.floats(t))
        : OnnxTensor.of(dims, DoubleStream.of(Numbers.of(t)).mapToLong(d -> (long) d).toArray());
  }

  private static boolean isBeyondFloats(TensorProto t) {
    return DoubleStream.of(Numbers.of(t))
        .anyMatch(d -> Double.isFinite(d) && Math.abs(d) > Float.MAX_VALUE);
  }

  private static long[] dims(TensorProto t) {
    return t.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  private static String difference(TensorProto wanted, OnnxTensor found) {
    if (!Arrays.equals(dims(wanted), found.shape())) {
      return "shape " + Arrays.toString(found.shape()) + ", not " + Arrays.toString(dims(wanted));
    }
    if (found.type().startsWith("float")) {
      return OnnxCase.difference(wanted, found.floats());
    }
    long[] longs = found.longs();
    float[] values = new float[longs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = longs[i];
    }
    return OnnxCase.difference(wanted, values);
  }
}
