package dev.quern.spring;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** The health of one model: up while the model is open. */
final class ModelHealth extends AbstractHealthIndicator {
  private final ModelFile file;

  ModelHealth(ModelFile file) {
    this.file = file;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    ModelFile.State state = file.state();
    health
        .status(state.isOpen() ? Status.UP : Status.DOWN)
        .withDetail("file", state.file().toString())
        .withDetail("version", state.version())
        .withDetail("loaded", state.loaded().toString());
    if (state.lastError() != null) {
      health.withDetail("lastError", state.lastError());
    }
  }
}
