// LabBackends
