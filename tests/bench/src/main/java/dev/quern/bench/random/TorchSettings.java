package dev.quern.bench.random;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * PyTorch under several settings, each in a process of its own. Which is best depends on the
 * network and on the machine: threads of OpenMP that spin are there at once, but are in the way of
 * OpenBLAS's and of everybody else's. Each measurement is that of the best.
 */
final class TorchSettings implements AutoCloseable {
  /** Of a measurement's time, for each setting to be tried. */
  private static final double TRIAL = 0.125;

  /** By when threads that wait for more work have gone to sleep. */
  private static final long REST_MILLISECONDS = 100;

  private final List<TorchProcess> processes = new ArrayList<>();

  TorchSettings(TorchOptions options, int threads) throws IOException {
    processes.add(new TorchProcess(options, "torch_run.py", Map.of()));
    if (threads > 1) {
      Map<String, String> one = Map.of("OPENBLAS_NUM_THREADS", "1");
      processes.add(new TorchProcess(options, "torch_run.py", one));
      Map<String, String> passive = new HashMap<>(one);
      passive.put("OMP_WAIT_POLICY", "passive");
      processes.add(new TorchProcess(options, "torch_run.py", passive));
    }
  }

  String version() {
    return processes.get(0).version();
  }

  Timing timing(String file, String mode, int images, double seconds)
      throws IOException, InterruptedException {
    TorchProcess best = processes.get(0);
    if (processes.size() > 1) {
      double least = Double.POSITIVE_INFINITY;
      for (TorchProcess process : processes) {
        double time = timing(process, file, mode, images, TRIAL * seconds).seconds();
        best = time < least ? process : best;
        least = Math.min(time, least);
      }
    }
    return timing(best, file, mode, images, seconds);
  }

  private static Timing timing(
      TorchProcess process, String file, String mode, int images, double seconds)
      throws IOException, InterruptedException {
    JsonNode answer =
        process.ask(Map.of("file", file, "mode", mode, "batch", images, "seconds", seconds));
    Thread.sleep(REST_MILLISECONDS);
    return new Timing(
        answer.path("median").asDouble(),
        answer.path("steps").asInt(),
        answer.path("first").asDouble(Double.NaN),
        answer.path("last").asDouble(Double.NaN));
  }

  @Override
  public void close() throws IOException {
    for (TorchProcess process : processes) {
      process.close();
    }
  }
}
