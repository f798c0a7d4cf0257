package preflight

// DropManifests frees the manifests of generated content, as if other manifests needed the
// memory.
func (p *Prepared) DropManifests() {
	for _, s := range p.generated {
		p.memory -= s.Manifest.Memory()
		s.Manifest = nil
	}
	p.generated = nil
}
