package dev.quern.bench;

import dev.quern.engine.Precision;
import dev.quern.error.QuernException;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxSession;
import dev.quern.onnx.OnnxTensor;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An ONNX file in Quern, with its inputs. */
interface OnnxRun extends AutoCloseable {
  /** The file as a model or, where that is refused, in a session. */
  static OnnxRun of(Path file, Precision precision) {
    try {
      return new OfModel(Model.of(ModelData.load(file), precision));
    } catch (QuernException refused) {
      return new OfSession(Onnx.session(file));
    }
  }

  /** The number of layers; 0 of a session. */
  int layers();

  void input(String name, long[] dims, float[] values);

  void run();

  List<float[]> outputs();

  @Override
  void close();

  /** A file as a model. */
  record OfModel(Model model, Arena arena, Map<String, Tensor> inputs) implements OnnxRun {
    OfModel(Model model) {
      this(model, new Arena(), new LinkedHashMap<>());
    }

    @Override
    public int layers() {
      return model.network().nodes().size();
    }

    @Override
    public void input(String name, long[] dims, float[] values) {
      Map<String, Shape> all = model.network().inputs();
      // the only input may have another name here: names in Quern have fewer characters
      String ours = all.size() == 1 ? all.keySet().iterator().next() : name;
      Shape sample = all.get(ours);
      Tensor tensor = arena.tensor(sample.batch(values.length / sample.elements()));
      inputs.put(ours, tensor.copyFrom(values));
    }

    @Override
    public void run() {
      model.predict(inputs);
    }

    @Override
    public List<float[]> outputs() {
      return model.predict(inputs).values().stream().map(Tensor::toArray).toList();
    }

    @Override
    public void close() {
      model.close();
      arena.close();
    }
  }

  /** A file in a session. */
  record OfSession(OnnxSession session, Map<String, OnnxTensor> inputs) implements OnnxRun {
    OfSession(OnnxSession session) {
      this(session, new LinkedHashMap<>());
    }

    @Override
    public int layers() {
      return 0;
    }

    @Override
    public void input(String name, long[] dims, float[] values) {
      inputs.put(name, OnnxTensor.of(dims, values));
    }

    @Override
    public void run() {
      session.run(inputs);
    }

    @Override
    public List<float[]> outputs() {
      Map<String, OnnxTensor> all = session.run(inputs);
      List<float[]> values = new ArrayList<>();
      session.outputs().forEach(name -> values.add(all.get(name).floats()));
      return values;
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
