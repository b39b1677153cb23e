package dev.quern.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithXNNPACK;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.OpResolver;
import org.bytedeco.tensorflowlite.Subgraph;
import org.bytedeco.tensorflowlite.TfLiteRegistration;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/** TensorFlow Lite with its XNNPACK delegate, which has to run all operators. */
public final class TfLiteLibrary implements Library {
  /** The name of the operator by which the delegate replaces those that it runs. */
  private static final String DELEGATE = "TfLiteXNNPackDelegate";

  /**
   * An interpreter with what it reads: its native memory is freed when the object in Java is
   * garbage, which must not happen while the interpreter is in use.
   */
  private record Running(FlatBufferModel model, OpResolver resolver, Interpreter interpreter)
      implements Step {
    @Override
    public double run() {
      require(interpreter.Invoke(), "run");
      return Double.NaN;
    }
  }

  private TfLiteLibrary() {}

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) throws IOException {
    if (workload.train()) {
      throw new UnsupportedOperationException("has inference only");
    }
    List<FusedOperator> operators = FusedOperator.read(folder);
    Path path = folder.path().resolve("model.tflite");
    TfLiteNetwork.write(operators, workload.batch(), path);
    Running running = start(path, threads);
    Interpreter interpreter = running.interpreter();
    requireDelegate(interpreter.primary_subgraph());
    FusedOperator input = operators.get(0);
    float[] images =
        TfLiteNetwork.channelsLast(
            workload.images(), workload.batch(), input.channels(), input.height() * input.width());
    interpreter.typed_input_tensor_float(0).put(images);
    running.run();
    float[] made = new float[workload.batch() * operators.get(operators.size() - 1).outputs()];
    interpreter.typed_output_tensor_float(0).get(made);
    folder.check(workload, made);
    return running;
  }

  private static Running start(Path path, int threads) {
    FlatBufferModel model = FlatBufferModel.BuildFromFile(path.toString());
    if (model == null || model.isNull()) {
      throw new IllegalStateException("TensorFlow Lite does not read " + path);
    }
    OpResolver resolver = new BuiltinOpResolverWithXNNPACK();
    InterpreterBuilder builder = new InterpreterBuilder(model, resolver);
    require(builder.SetNumThreads(threads), "set the number of threads");
    Interpreter interpreter = new Interpreter((Pointer) null);
    require(builder.apply(interpreter), "make the interpreter");
    require(interpreter.AllocateTensors(), "allocate tensors");
    return new Running(model, resolver, interpreter);
  }

  /**
   * TensorFlow Lite runs the operators that the delegate does not support by its own kernels,
   * without an error.
   */
  private static void requireDelegate(Subgraph graph) {
    IntPointer plan = graph.execution_plan();
    if (plan.limit() == 0) {
      throw new IllegalStateException("the model has no operators");
    }
    for (long i = 0; i < plan.limit(); i++) {
      TfLiteRegistration run = graph.node_and_registration(plan.get(i)).second();
      BytePointer name = run.custom_name();
      if (name == null || !name.getString().equals(DELEGATE)) {
        throw new IllegalStateException(
            "XNNPACK does not run operator " + run.builtin_code() + " of the model");
      }
    }
    System.out.println("XNNPACK runs all operators; partitions: " + plan.limit());
  }

  private static void require(int status, String task) {
    if (status != tensorflowlite.kTfLiteOk) {
      throw new IllegalStateException("TensorFlow Lite could not " + task + ": status " + status);
    }
  }

  public static void main(String[] args) {
    Program.run(new TfLiteLibrary(), args);
  }
}
