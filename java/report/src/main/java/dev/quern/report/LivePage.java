package dev.quern.report;

import dev.quern.data.MultiDataset;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.Require;
import dev.quern.report.live.Insight;
import dev.quern.report.live.OtherRuns;
import dev.quern.report.live.Progress;
import dev.quern.report.live.Server;
import dev.quern.report.live.State;
import dev.quern.report.page.LiveView;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A page that shows a run as it goes, for a browser on the same machine: curves, speed, time left,
 * norms of gradients, answers on samples, other runs beside it, and a button that stops the run as
 * {@link Trainer#stop} does. Only the loopback address is listened on; requests of other pages and
 * under other names are refused, and the button needs the token in {@link #address}. Gradients and
 * answers are each looked at for at most a two-hundredth of the training's time. For one trainer.
 * Its server is that of the module {@code quern-serve}, on which {@code quern-report} depends
 * optionally: an application that shows this page adds it.
 *
 * <pre>{@code
 * try (LivePage page = new LivePage(trainer, 0, "lenet", null, null, null)) {
 *   System.out.println(page.address());
 *   trainer.fit(train, 5, page);
 * }
 * }</pre>
 */
public final class LivePage implements TrainingListener, AutoCloseable {
  private static final String OPERATION = "live page";
  private static final int SAMPLES = 16;

  private final Progress progress = new Progress();
  private final Insight insight;
  private final Server server;

  /**
   * Begins to serve.
   *
   * @param port to listen on, 0 for one that is free
   * @param title what stands above
   * @param samplesOrNull of which the first 16 are shown with the network's answers; null for none
   * @param runsOrNull a folder with folders of runs, of which the last seven are shown; null for
   *     none
   * @param ownOrNull the folder of this run, which is not among them
   * @throws dev.quern.error.InvalidArgumentException if the port is none
   * @throws dev.quern.error.FileAccessException if it is in use
   * @throws NotFoundException if the module quern-serve is not there, whose server this uses
   */
  public LivePage(
      Trainer trainer,
      int port,
      String title,
      @Nullable MultiDataset samplesOrNull,
      @Nullable Path runsOrNull,
      @Nullable Path ownOrNull) {
    Require.present(OPERATION, "trainer", trainer);
    Require.present(OPERATION, "title", title);
    MultiDataset few =
        samplesOrNull == null
            ? null
            : samplesOrNull.slice(0, Math.min(SAMPLES, samplesOrNull.size()));
    insight = new Insight(trainer, few);
    State state = new State(title, progress, insight, new OtherRuns(runsOrNull, ownOrNull));
    server = serve(port, LiveView.of(title), state::json, trainer::stop);
  }

  private static Server serve(int port, String page, Supplier<String> data, Runnable stop) {
    try {
      return new Server(port, page, data, stop);
    } catch (NoClassDefFoundError e) {
      throw new NotFoundException(
          OPERATION + ": its server is in quern-serve, which is not there: " + e.getMessage());
    }
  }

  /** What to open in a browser; the token behind the {@code #} is what the button needs. */
  public String address() {
    return server.address();
  }

  @Override
  public void onBegin() {
    progress.begin();
  }

  @Override
  public void onStep(Step step) {
    progress.add(Require.present(OPERATION, "step", step));
    insight.step();
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    progress.add(Require.present(OPERATION, "epoch", epoch));
    insight.epoch(epoch.epoch());
  }

  @Override
  public void onEnd(History.@Nullable Ending endingOrNull) {
    progress.end(endingOrNull);
  }

  /** Serves no longer; later calls do nothing. */
  @Override
  public void close() {
    server.close();
  }
}
