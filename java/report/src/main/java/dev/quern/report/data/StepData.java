package dev.quern.report.data;

/**
 * Some steps that follow each other.
 *
 * @param at where they end, in epochs: 1.5 is the middle of the second
 * @param loss their mean
 * @param lr of the last one
 */
public record StepData(double at, double loss, double lr) {}
