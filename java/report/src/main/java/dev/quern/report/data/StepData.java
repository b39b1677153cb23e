package dev.quern.report.data;

/**
 * A point of consecutive steps.
 *
 * @param at the position of the last step in epochs: 1.5 is the middle of the second epoch
 * @param loss the mean loss of the steps
 * @param lr the learning rate of the last step
 */
public record StepData(double at, double loss, double lr) {}
