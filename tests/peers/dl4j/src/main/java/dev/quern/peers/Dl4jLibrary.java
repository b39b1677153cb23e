package dev.quern.peers;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's computation graph on its CPU backend. */
public final class Dl4jLibrary implements Library {
  private Dl4jLibrary() {}

  /** Threads are set by the environment, which is how its native parts are told. */
  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) {
    ComputationGraph graph = new ComputationGraph(Dl4jLayers.configure(workload.network()));
    graph.init();
    INDArray images = Nd4j.create(workload.images(), workload.inputShape().toArray(), 'c');
    if (workload.train()) {
      long[] shape = {workload.batch(), workload.classes()};
      DataSet data = new DataSet(images, Nd4j.create(workload.oneHotLabels(), shape, 'c'));
      return () -> {
        graph.fit(data);
        return graph.score();
      };
    }
    return () -> {
      graph.output(false, images);
      return Double.NaN;
    };
  }

  public static void main(String[] args) {
    Program.run(new Dl4jLibrary(), args);
  }
}
