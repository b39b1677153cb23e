package dev.quern.tests.onnx;

import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.onnx.ImportException;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxReader;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/**
 * One case of ONNX's own tests: a model, inputs, and what comes out. Float inputs are the
 * network's; whole numbers, which are shapes, axes and sizes, are bound at import. Where an
 * operator needs weights, all inputs but the first are bound, as a file with initializers has them.
 */
record OnnxCase(String name, Path model, List<TensorProto> inputs, List<TensorProto> outputs) {
  /** ONNX's own tolerances. */
  private static final double RELATIVE = 1e-3;

  private static final double ABSOLUTE = 1e-7;

  /** One rounding of the largest value: a sum that cancels to almost 0 keeps that of its terms. */
  private static final double ROUNDING = Math.ulp(1f);

  /** How a case ended. */
  enum Kind {
    PASSED,
    REFUSED,
    WRONG
  }

  /** How a case ended, and why. */
  record Outcome(Kind kind, String why) {}

  /** A folder of model.onnx and test_data_set_0. */
  static OnnxCase of(Path folder) throws IOException {
    Path data = folder.resolve("test_data_set_0");
    return new OnnxCase(
        folder.getFileName().toString(),
        folder.resolve("model.onnx"),
        tensors(data, "input_"),
        tensors(data, "output_"));
  }

  /** A whole network beside what it makes of a ramp from 0 to 1. */
  static OnnxCase network(Path model) throws IOException {
    String name = model.getFileName().toString().replace(".onnx", "");
    GraphProto g = ModelProto.parseFrom(Files.readAllBytes(model)).getGraph();
    List<String> constants = g.getInitializerList().stream().map(TensorProto::getName).toList();
    List<TensorProto> inputs = new ArrayList<>();
    for (ValueInfoProto p : g.getInputList()) {
      if (!constants.contains(p.getName())) {
        inputs.add(ramp(p));
      }
    }
    Path output = model.resolveSibling(name + "_output_0.pb");
    return new OnnxCase(
        name, model, inputs, List.of(TensorProto.parseFrom(Files.readAllBytes(output))));
  }

  private static TensorProto ramp(ValueInfoProto p) {
    TensorProto.Builder t = TensorProto.newBuilder().setDataType(TensorProto.DataType.FLOAT_VALUE);
    int n = 1;
    for (var d : p.getType().getTensorType().getShape().getDimList()) {
      long size = Math.max(1, d.getDimValue());
      t.addDims(size);
      n *= (int) size;
    }
    for (int i = 0; i < n; i++) {
      t.addFloatData((float) (i / (double) n));
    }
    return t.build();
  }

  private static List<TensorProto> tensors(Path folder, String prefix) throws IOException {
    List<TensorProto> all = new ArrayList<>();
    for (int i = 0; Files.exists(folder.resolve(prefix + i + ".pb")); i++) {
      all.add(TensorProto.parseFrom(Files.readAllBytes(folder.resolve(prefix + i + ".pb"))));
    }
    return all;
  }

  GraphProto graph() {
    try {
      return ModelProto.parseFrom(Files.readAllBytes(model)).getGraph();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  TreeSet<String> operators() {
    TreeSet<String> all = new TreeSet<>();
    for (NodeProto n : graph().getNodeList()) {
      all.add(n.getDomain().isEmpty() ? n.getOpType() : n.getDomain() + "." + n.getOpType());
    }
    return all;
  }

  /** Whether every input and output is of this type. */
  boolean isAll(int... types) {
    GraphProto g = graph();
    List<ValueInfoProto> all = new ArrayList<>(g.getInputList());
    all.addAll(g.getOutputList());
    return all.stream()
        .allMatch(
            p ->
                p.getType().hasTensorType()
                    && java.util.Arrays.stream(types)
                        .anyMatch(t -> t == p.getType().getTensorType().getElemType()));
  }

  Outcome run() {
    if (!isAsDeclared()) {
      return new Outcome(Kind.REFUSED, "an input or output has another type than the model says");
    }
    if (!isRead()) {
      return new Outcome(Kind.REFUSED, "an input or output is not of a type that this test reads");
    }
    Outcome live = run(false);
    return live.kind() == Kind.REFUSED && inputs.size() > 1 ? better(live, run(true)) : live;
  }

  boolean isRead() {
    return inputs.stream().allMatch(Numbers::isRead) && outputs.stream().allMatch(Numbers::isRead);
  }

  boolean isAsDeclared() {
    GraphProto g = graph();
    List<String> live = names();
    boolean same = true;
    for (int i = 0; i < Math.min(live.size(), inputs.size()); i++) {
      String name = live.get(i);
      int type = inputs.get(i).getDataType();
      same &=
          g.getInputList().stream()
              .filter(p -> p.getName().equals(name))
              .allMatch(p -> p.getType().getTensorType().getElemType() == type);
    }
    for (int i = 0; i < outputs.size(); i++) {
      int type = g.getOutput(i).getType().getTensorType().getElemType();
      same &= type == outputs.get(i).getDataType();
    }
    return same;
  }

  private static Outcome better(Outcome first, Outcome second) {
    return second.kind() == Kind.REFUSED
        ? new Outcome(Kind.REFUSED, first.why() + "; " + second.why())
        : second;
  }

  private Outcome run(boolean bindAll) {
    List<String> names = names();
    if (names.size() < inputs.size()) {
      return new Outcome(Kind.REFUSED, "inputs are missing");
    }
    OnnxReader reader = Onnx.reader();
    Map<String, TensorProto> live = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      TensorProto t = inputs.get(i);
      Shape shape = Shape.of(t.getDimsList().stream().mapToLong(Long::longValue).toArray());
      boolean isFloat = t.getDataType() == TensorProto.DataType.FLOAT_VALUE;
      if (!isFloat || bindAll && !live.isEmpty()) {
        reader = reader.bind(names.get(i), shape, Numbers.of(t));
      } else if (shape.elements() == 0) {
        return new Outcome(Kind.REFUSED, "an input is empty");
      } else {
        reader = reader.size(names.get(i), shape.toArray());
        live.put(names.get(i), t);
      }
    }
    try {
      return check(reader.read(model), live);
    } catch (ImportException e) {
      return new Outcome(Kind.REFUSED, reasons(e));
    } catch (dev.quern.error.QuernException e) {
      return new Outcome(Kind.REFUSED, e.getMessage().replace(model.toString(), name));
    }
  }

  static String reasons(ImportException e) {
    TreeSet<String> all = new TreeSet<>();
    e.refused().forEach(r -> all.add(r.operator() + ": " + r.why()));
    return String.join("; ", all);
  }

  private List<String> names() {
    GraphProto g = graph();
    List<String> constants = g.getInitializerList().stream().map(TensorProto::getName).toList();
    return g.getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(n -> !constants.contains(n))
        .toList();
  }

  private Outcome check(ModelData data, Map<String, TensorProto> live) {
    Network network = data.network();
    try (Model m = Model.of(data);
        Arena arena = new Arena()) {
      Map<String, Tensor> in = new LinkedHashMap<>();
      List<String> ours = List.copyOf(network.inputs().keySet());
      List<TensorProto> given = List.copyOf(live.values());
      if (given.isEmpty() && ours.size() == 1) {
        // a graph of constants has an input that nothing reads
        in.put(ours.get(0), arena.tensor(network.inputs().get(ours.get(0)).batch(1)));
      } else if (ours.size() != given.size()) {
        return new Outcome(Kind.REFUSED, "not all inputs are read");
      }
      for (int i = 0; i < given.size(); i++) {
        float[] values = Numbers.floats(given.get(i));
        Shape sample = network.inputs().get(ours.get(i));
        in.put(ours.get(i), arena.tensor(sample.batch(values.length / sample.elements()), values));
      }
      Map<String, Tensor> out = m.predict(in);
      List<String> names = network.outputs();
      for (int i = 0; i < outputs.size(); i++) {
        String wrong = difference(outputs.get(i), out.get(names.get(i)).toArray());
        if (wrong != null) {
          return new Outcome(Kind.WRONG, "output " + i + ": " + wrong);
        }
      }
      return new Outcome(Kind.PASSED, "");
    } catch (InvalidArgumentException e) {
      return new Outcome(Kind.WRONG, e.getMessage());
    }
  }

  static String difference(TensorProto wanted, float[] found) {
    double[] w = Numbers.of(wanted);
    if (w.length != found.length) {
      return found.length + " values, not " + w.length;
    }
    double largest = DoubleStream.of(w).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    for (int i = 0; i < w.length; i++) {
      double allowed = ABSOLUTE + ROUNDING * largest + RELATIVE * Math.abs(w[i]);
      boolean same =
          Double.isNaN(w[i])
              ? Float.isNaN(found[i])
              : w[i] == found[i] || Math.abs(found[i] - w[i]) <= allowed;
      if (!same) {
        return found[i] + " at " + i + ", not " + w[i];
      }
    }
    return null;
  }
}
