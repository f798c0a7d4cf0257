package preflight

// DropManifests lets go of the manifests of made content, as if others needed the room.
func (p *Prepared) DropManifests() {
	for _, s := range p.made {
		p.memory -= s.Manifest.Memory()
		s.Manifest = nil
	}
	p.made = nil
}
