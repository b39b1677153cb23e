package dev.quern.peers;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's C++ API: its operators, automatic differentiation, loss and optimizer; training. */
public final class PyTorchLibrary implements Library {
  private PyTorchLibrary() {}

  @Override
  public boolean bf16() {
    return true;
  }

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) {
    if (!workload.train()) {
      throw new UnsupportedOperationException("is measured in training only");
    }
    torch.set_num_threads(threads);
    torch.manual_seed(1);
    PyTorchNetwork network = new PyTorchNetwork(workload.network());
    FloatPointer values = new FloatPointer(workload.images());
    long[] shape = workload.inputShape().toArray();
    Tensor images = PyTorchNetwork.channelsLast(torch.from_blob(values, shape).clone());
    Tensor labels = labels(workload);
    SGDOptions options = new SGDOptions(Workload.LEARNING_RATE);
    options.momentum().put(Workload.MOMENTUM);
    SGD sgd = new SGD(network.parameters(), options);
    return () -> step(network, sgd, images, labels, workload.bf16());
  }

  @SuppressWarnings("try") // the scope frees what the step makes
  private static double step(
      PyTorchNetwork network, SGD sgd, Tensor images, Tensor labels, boolean bf16) {
    try (PointerScope scope = new PointerScope()) {
      sgd.zero_grad();
      Tensor loss = torch.cross_entropy_loss(forward(network, images, bf16), labels);
      loss.backward();
      sgd.step();
      return loss.item_float();
    }
  }

  private static Tensor labels(Workload workload) {
    int[] labels = workload.labels();
    LongPointer numbers = new LongPointer(labels.length);
    for (int i = 0; i < labels.length; i++) {
      numbers.put(i, labels[i]);
    }
    TensorOptions options = new TensorOptions(torch.ScalarType.Long);
    return torch.from_blob(numbers, new long[] {labels.length}, options).clone();
  }

  /** In float32, or by autocast, whose casts of weights are of this step alone. */
  private static Tensor forward(PyTorchNetwork network, Tensor images, boolean bf16) {
    if (!bf16) {
      return network.forward(images);
    }
    torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
    torch.set_autocast_cache_enabled(false);
    torch.set_autocast_enabled(torch.DeviceType.CPU, true);
    Tensor output = network.forward(images);
    torch.set_autocast_enabled(torch.DeviceType.CPU, false);
    return output.to(torch.ScalarType.Float);
  }

  public static void main(String[] args) {
    Program.run(new PyTorchLibrary(), args);
  }
}
